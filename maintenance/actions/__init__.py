"""Every kind of change, one module each; a new kind is a module and a line here."""

from maintenance.actions import (
    reboot_database,
    reboot_instance,
    resize_instance,
    stop_start,
    take_database_backup,
)
from maintenance.actions.shape import Action

ACTIONS: dict[str, Action] = {
    module.ACTION.kind: module.ACTION
    for module in (
        stop_start,
        reboot_instance,
        resize_instance,
        reboot_database,
        take_database_backup,
    )
}
