import {Component, onWillUnmount, useEffect} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const PAUSE = 2000;

/**
 * Shows how far a bulk operation is, and reads it again while it runs.
 *
 * The queue works without this page: nothing is lost when it is closed.
 */
export class BulkProgress extends Component {
  static template = "l10n_in_einvoice_irp.BulkProgress";
  static props = {...standardWidgetProps};

  setup() {
    this.orm = useService("orm");
    this.isOpen = true;
    useEffect(
      (id, isRunning) => this.follow(id, isRunning),
      () => [this.props.record.resId, this.props.record.data.is_running]
    );
    onWillUnmount(() => {
      this.isOpen = false;
    });
  }

  get data() {
    return this.props.record.data;
  }

  get percent() {
    return this.data.progress;
  }

  /** The parts of the bar: what is done, which is green in production alone. */
  get parts() {
    const share = (count) => (100 * count) / (this.data.ready_count || 1);
    const tone = this.data.test_note ? "bg-secondary" : "bg-success";
    return [
      {key: "done", tone, width: share(this.data.done_count)},
      {key: "failed", tone: "bg-danger", width: share(this.data.failed_count)},
    ];
  }

  follow(id, isRunning) {
    let timer = 0;
    const read = async (fresh) => {
      const args = [[id], fresh];
      await this.orm.silent.call("l10n_in.irp.bulk", "action_refresh", args);
      if (!this.isOpen || this.props.record.resId !== id) {
        return;
      }
      await this.props.record.load();
      if (this.isOpen && this.data.is_running) {
        timer = browser.setTimeout(() => read(false), PAUSE);
      }
    };
    if (id && (isRunning || !this.hasRead)) {
      const isFirst = !this.hasRead;
      this.hasRead = true;
      read(isFirst);
    }
    return () => browser.clearTimeout(timer);
  }
}

registry.category("view_widgets").add("l10n_in_irp_bulk_progress", {
  component: BulkProgress,
  fieldDependencies: [
    {name: "is_running", type: "boolean", readonly: true},
    {name: "progress", type: "integer", readonly: true},
    {name: "ready_count", type: "integer", readonly: true},
    {name: "done_count", type: "integer", readonly: true},
    {name: "failed_count", type: "integer", readonly: true},
    {name: "test_note", type: "char", readonly: true},
  ],
});
