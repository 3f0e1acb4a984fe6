import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// what the portal tells as well: the review shows it beside the portal's
const HELD = [
  "vat",
  "name",
  "company_type",
  "street",
  "street2",
  "city",
  "zip",
  "state_id",
  "country_id",
  "l10n_in_gst_treatment",
];

/**
 * Offers to look up the GSTIN of a partner that is being entered.
 *
 * A button of the form would save the partner first, which needs the name that is to
 * be looked up. This one asks, lets the person review, and fills in the open form.
 */
export class GstinOffer extends Component {
  static template = "l10n_in_einvoice_irp.GstinOffer";
  static props = {...standardWidgetProps};

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.state = useState({asking: false});
  }

  get label() {
    return this.state.asking ? _t("Checking…") : _t("Get from GST Portal");
  }

  /** What stands in the form, whether it is saved or not; relations as ids. */
  get held() {
    const {data} = this.props.record;
    return Object.fromEntries(HELD.map((name) => [name, data[name]?.id ?? data[name]]));
  }

  async lookUp() {
    this.state.asking = true;
    try {
      const record = this.props.record;
      const review = await this.orm.call("res.partner", "l10n_in_irp_look_up", [
        record.resId ? [record.resId] : [],
        this.held,
      ]);
      await this.action.doAction(review, {
        onClose: (infos) => infos?.values && record.update(infos.values),
      });
    } finally {
      this.state.asking = false;
    }
  }
}

registry.category("view_widgets").add("l10n_in_irp_gstin_offer", {
  component: GstinOffer,
  fieldDependencies: [{name: "vat", type: "char"}],
});
