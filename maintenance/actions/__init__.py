"""Every kind of change, one module each; a new kind is a module and a line here."""

from maintenance.actions import (
    apply_database_maintenance,
    grow_volume,
    move_maintenance_window,
    reboot_database,
    reboot_instance,
    reschedule_event,
    resize_instance,
    restart_service,
    stop_start,
    take_database_backup,
)
from maintenance.actions.shape import Action

ACTIONS: dict[str, Action] = {
    module.ACTION.kind: module.ACTION
    for module in (
        restart_service,
        stop_start,
        reboot_instance,
        resize_instance,
        grow_volume,
        reschedule_event,
        reboot_database,
        apply_database_maintenance,
        move_maintenance_window,
        take_database_backup,
    )
}
