-- A copy of a database must never reach a portal, nor use the tokens of the original:
-- the portal knows one live token per user, and two systems would throw each other out.
UPDATE l10n_in_irp_credential
   SET active = FALSE,
       environment = 'sandbox',
       base_url = 'https://neutralized.invalid',
       username = 'neutralized',
       client_id = 'neutralized',
       secrets = NULL,
       proxy_url = NULL,
       portal_id = (
           SELECT id FROM l10n_in_irp_portal WHERE is_published AND profile = 'nic1'
       ),
       ewb_base_url = NULL,
       ewb_username = NULL,
       ewb_client_id = NULL;
DELETE FROM l10n_in_irp_portal WHERE is_published IS NOT TRUE;
DELETE FROM l10n_in_irp_session;
DELETE FROM ir_config_parameter
 WHERE key = 'l10n_in_einvoice_irp.metrics_token_sha256';
UPDATE res_company
   SET l10n_in_irp_environment = 'demo',
       l10n_in_irp_register_on = 'manual',
       l10n_in_irp_gstin_days = 0;
UPDATE l10n_in_irp_document
   SET next_attempt_at = NULL
 WHERE environment != 'demo';
UPDATE l10n_in_irp_ewaybill
   SET next_attempt_at = NULL
 WHERE environment != 'demo';
UPDATE l10n_in_irp_ewaybill_step
   SET next_attempt_at = NULL
 WHERE environment != 'demo';
