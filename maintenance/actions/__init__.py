"""Every kind of change, one module each; a new kind is a module and a line here."""

from maintenance.actions import (
    apply_database_maintenance,
    change_database_class,
    change_database_storage,
    delete_backup,
    grow_volume,
    move_maintenance_window,
    put_back_rule,
    reboot_database,
    reboot_instance,
    reschedule_event,
    resize_instance,
    restart_service,
    restore_backup,
    stop_start,
    take_database_backup,
    take_server_backup,
    upgrade_database,
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
        change_database_class,
        change_database_storage,
        upgrade_database,
        take_server_backup,
        take_database_backup,
        restore_backup,
        delete_backup,
        put_back_rule,
    )
}
