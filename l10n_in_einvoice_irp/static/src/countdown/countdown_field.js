import {Component, useEffect, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const SECOND = 1000;

/**
 * Counts an integer of seconds down to zero, from the moment it was read.
 *
 * The server says how many are left, so a wrong clock of the browser does no harm. At
 * zero the record is read again: the server decides whether the time is over.
 */
export class CountdownField extends Component {
  static template = "l10n_in_einvoice_irp.CountdownField";
  static props = {...standardFieldProps};

  setup() {
    this.state = useState({seconds: this.value, reads: 1});
    useEffect(
      (value) => this.countDown(value),
      // what is read anew may be the same number of seconds
      () => [this.value, this.state.reads]
    );
  }

  get value() {
    return this.props.record.data[this.props.name];
  }

  get text() {
    const {seconds} = this.state;
    if (!seconds) {
      return _t("The time is over.");
    }
    return _t("%(hours)s h %(minutes)s min %(seconds)s s left", {
      hours: Math.floor(seconds / 3600),
      minutes: Math.floor(seconds / 60) % 60,
      seconds: seconds % 60,
    });
  }

  countDown(value) {
    const end = Date.now() + value * SECOND;
    this.state.seconds = value;
    if (!value) {
      return () => {};
    }
    const timer = browser.setInterval(() => {
      this.state.seconds = Math.max(0, Math.ceil((end - Date.now()) / SECOND));
      if (!this.state.seconds) {
        browser.clearInterval(timer);
        this.readAgain();
      }
    }, SECOND);
    return () => browser.clearInterval(timer);
  }

  async readAgain() {
    await this.props.record.load();
    this.state.reads++;
  }
}

registry.category("fields").add("l10n_in_irp_countdown", {
  component: CountdownField,
  displayName: _t("Countdown of seconds"),
  supportedTypes: ["integer"],
});
