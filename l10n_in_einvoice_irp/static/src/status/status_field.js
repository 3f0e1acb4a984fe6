import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const beside = (name, other) => name.replace(/status$/, other);

/**
 * The status of a registration or an e-way bill, the same on all screens: in the colour
 * that the server gives it, and with a grey TEST badge outside production.
 */
export class StatusField extends BadgeField {
  static template = "l10n_in_einvoice_irp.StatusField";

  get badgeClass() {
    const tone = this.dataOf("status_tone") || "muted";
    return tone === "muted" ? "text-bg-300" : `text-bg-${tone}`;
  }

  /** What a registration rests on, if the IRP's signature does not show it. */
  get proof() {
    return {
      unchecked: {text: _t("Not Checked"), title: _t("IRP signature not checked")},
      by_hand: {text: _t("By Hand"), title: _t("Settled by hand by a manager")},
    }[this.dataOf("proof")];
  }

  /** An invoice not registered where its company works now has no colour. */
  get testNote() {
    return this.dataOf("status_tone") && this.dataOf("test_note");
  }

  dataOf(name) {
    return this.props.record.data[beside(this.props.name, name)];
  }
}

registry.category("fields").add("l10n_in_irp_status", {
  ...badgeField,
  component: StatusField,
  supportedTypes: ["selection"],
  // the longest status and the badge, uncut
  listViewWidth: [165, 260],
  fieldDependencies: ({name}) => [
    {name: beside(name, "status_tone"), type: "char", readonly: true},
    {name: beside(name, "test_note"), type: "char", readonly: true},
    {name: beside(name, "proof"), type: "selection", readonly: true},
  ],
});
