//! The portal's settings, for teammates (docs/product.md, Settings): what must work before it can be turned on, who may
//! enter, who sees what, how it looks, and how people get there.

mod checks;
mod page;
mod preview;
pub mod probe;
mod settings;

use web::{Function, routes};

pub const FUNCTION: Function = Function {
    name: "portal-settings",
    routes: routes![
        teammate "GET /api/helpdesk/settings" => settings::read,
        teammate "PUT /api/helpdesk/settings" => settings::save,
        teammate "POST /api/helpdesk/settings/checks" => checks::check,
        teammate "POST /api/helpdesk/settings/audience/preview" => preview::preview,
        teammate "GET /helpdesk/settings" => page::show,
        teammate "POST /helpdesk/settings" => page::act,
        teammate "POST /helpdesk/settings/logo" => page::logo::save,
        teammate "POST /helpdesk/settings/checks" => page::check,
        teammate "GET /helpdesk/settings/checks/cookie" => page::cookie_came_back,
        teammate "GET /helpdesk/settings/types" => page::types::show,
        teammate "POST /helpdesk/settings/types" => page::types::save,
        teammate "GET /helpdesk/settings/states" => page::states::show,
        teammate "POST /helpdesk/settings/states" => page::states::save,
        teammate "GET /helpdesk/settings/team" => page::team::show,
        teammate "POST /helpdesk/settings/team" => page::team::save,
    ],
};
