-- A copy of a database works off no jobs of the original.
UPDATE queue_job
   SET state = 'cancelled'
 WHERE channel_method_name = '<l10n_in.irp.document>._job_take_turn'
   AND state IN ('pending', 'enqueued', 'started');
