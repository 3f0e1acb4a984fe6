import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Inputs for what the chosen portal gives besides the API user.
 *
 * Which they are, the record says in `portal_field_info`. A secret can be entered and
 * replaced; the server never sends it back.
 */
export class PortalFields extends Component {
  static template = "l10n_in_einvoice_irp.PortalFields";
  static props = {...standardFieldProps};

  get fields() {
    return this.props.record.data.portal_field_info || [];
  }

  get values() {
    return this.props.record.data[this.props.name] || {};
  }

  isMissing(field) {
    return field.required && !field.is_set && !this.values[field.name];
  }

  inputId(field) {
    return `${this.props.id || this.props.name}_${field.name}`;
  }

  onChange(field, event) {
    const values = {...this.values, [field.name]: event.target.value};
    return this.props.record.update({[this.props.name]: values});
  }
}

registry.category("fields").add("l10n_in_irp_portal_fields", {
  component: PortalFields,
  displayName: _t("Fields of a portal"),
  supportedTypes: ["json"],
});
