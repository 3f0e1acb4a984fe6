import {EventBus, status} from "@odoo/owl";
import {FormController} from "@web/views/form/form_controller";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {browser} from "@web/core/browser/browser";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";

const TYPE = "l10n_in_irp_status";
const SERVICE = "l10n_in_irp_live";
// A list is read at most this often while the queue works (ms)
const PAUSE = 3000;
// Its counts take longer
const DASHBOARD_PAUSE = 60000;
// The dashboard counts the invoices of its journals
const DASHBOARD = "account.journal";

/** Announces which records of e-invoicing have changed: model name -> ids. */
registry.category("services").add(SERVICE, {
  dependencies: ["bus_service"],
  start(env, {bus_service: busService}) {
    const changes = new EventBus();
    busService.subscribe(TYPE, (ids) => changes.trigger("changed", ids));
    return changes;
  },
});

/**
 * Calls back with the ids of the controller's model that have changed.
 *
 * @param {Object} controller - of a view
 * @param {Function} reload - takes the ids
 */
function useChanges(controller, reload) {
  const changes = controller.env.services[SERVICE];
  if (!changes) {
    return;
  }
  const {resModel} = controller.props;
  useBus(changes, "changed", ({detail}) => {
    const ids = resModel === DASHBOARD ? [] : detail[resModel];
    if (ids && controller.model?.root) {
      reload(ids);
    }
  });
}

/**
 * Returns a function that runs at once, and again after a pause if it was called
 * meanwhile.
 *
 * @param {Function} work
 * @param {Number} pause - in ms
 * @returns {Function}
 */
function paced(work, pause) {
  let [isPaused, isDue] = [false, false];
  const run = () => {
    if (isPaused) {
      isDue = true;
      return;
    }
    [isPaused, isDue] = [true, false];
    browser.setTimeout(() => {
      isPaused = false;
      if (isDue) {
        run();
      }
    }, pause);
    work();
  };
  return run;
}

patch(FormController.prototype, {
  setup() {
    super.setup(...arguments);
    useChanges(this, async (ids) => {
      const {root} = this.model;
      // What the user has entered stays
      if (ids.includes(root.resId) && !(await root.isDirty())) {
        await root.load();
      }
    });
  },
});

// A function: each patch needs another object
const followChanges = () => ({
  setup() {
    super.setup(...arguments);
    const isDashboard = this.props.resModel === DASHBOARD;
    const work = () => {
      if (status(this) === "destroyed") {
        return;
      }
      const {root} = this.model;
      if (root.editedRecord || root.selection?.length) {
        // Again after the pause: what the user has begun goes first
        reload();
      } else {
        root.load();
      }
    };
    const reload = paced(work, isDashboard ? DASHBOARD_PAUSE : PAUSE);
    useChanges(this, reload);
  },
});

patch(ListController.prototype, followChanges());
patch(KanbanController.prototype, followChanges());
