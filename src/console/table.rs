//! The table of pages: each with what it asks of whoever looks, without which there is no page.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use crate::visit::Asks;
use crate::{Console, assets, door, help, observe, run, runs, season};

macro_rules! pages {
    ($($asks:ident $method:ident $path:literal $handler:expr;)*) => {
        /// Every page: its method, its path, and what it asks.
        pub const LISTED: &[(&str, &str, Asks)] = &[$((stringify!($method), $path, Asks::$asks)),*];

        /// What answers each.
        fn routes() -> Vec<(&'static str, Asks, MethodRouter<Console>)> {
            vec![$(($path, Asks::$asks, $method($handler))),*]
        }
    };
}

pages! {
    Nothing get "/assets/{digest}/{name}" assets::asset;
    Nothing get "/sign-in" door::form;
    Nothing post "/sign-in" door::sign_in;
    Anybody post "/sign-out" door::sign_out;
    Anybody get "/help/{code}" help::code;
    // Seasons under work.
    Read get "/" season::list;
    Run post "/seasons" season::create;
    Run post "/seasons/sample" season::sample;
    Anybody get "/template.xlsx" season::template;
    Run get "/seasons/{draft}" season::overview;
    Run post "/seasons/{draft}/files" season::files::add;
    Run post "/seasons/{draft}/files/remove" season::files::remove;
    Run post "/seasons/{draft}/name" season::rename;
    Run post "/seasons/{draft}/delete" season::delete;
    Run get "/seasons/{draft}/problems" season::problems::page;
    Run post "/seasons/{draft}/problems" season::problems::decide;
    Run get "/seasons/{draft}/problems.xlsx" season::problems::workbook;
    Run post "/seasons/{draft}/decisions" season::problems::upload;
    Run get "/seasons/{draft}/policy" season::policy::page;
    Run post "/seasons/{draft}/policy" season::policy::save;
    Run get "/seasons/{draft}/market" season::market::page;
    Run get "/seasons/{draft}/shortlist" season::shortlist::form;
    Run post "/seasons/{draft}/shortlist" season::shortlist::make;
    Run get "/seasons/{draft}/match" season::start::form;
    Run post "/seasons/{draft}/match" season::start::start;
    // Runs.
    Read get "/runs" runs::list;
    Read get "/ledger" runs::ledger;
    Read get "/runs/{run}" run::overview::page;
    Read get "/runs/{run}/progress" run::progress::events;
    Run post "/runs/{run}/cancel" run::progress::cancel;
    Run post "/runs/{run}/delete" run::progress::delete;
    Read get "/runs/{run}/students" run::students::page;
    Read post "/runs/{run}/students" run::students::page;
    Read get "/runs/{run}/students/{number}" run::student::page;
    Read get "/runs/{run}/students/{number}/projects/{project}" run::student::pair;
    Read get "/runs/{run}/projects" run::projects::page;
    Read post "/runs/{run}/projects" run::projects::page;
    Read get "/runs/{run}/projects/{number}" run::project::page;
    Read get "/runs/{run}/hosts" run::hosts::page;
    Read post "/runs/{run}/hosts" run::hosts::page;
    Read get "/runs/{run}/hosts/{number}" run::host::page;
    Read get "/runs/{run}/change" run::change::preview;
    Read post "/runs/{run}/change" run::change::preview_posted;
    Run post "/runs/{run}/rematch" run::change::keep;
    Run get "/runs/{run}/objections" run::objections::page;
    Read get "/runs/{run}/compare" run::compare::page;
    Read get "/runs/{run}/offers" run::offers::page;
    Run post "/runs/{run}/offers/files" season::begin_changes;
    Read get "/runs/{run}/ledger" run::ledger::page;
    Read get "/runs/{run}/export" run::export::page;
    Read get "/runs/{run}/export/{file}" run::export::file;
}

/// The pages, each behind its door.
pub(crate) fn router(console: &Console) -> Router<Console> {
    let mut router = Router::new();
    for (path, asks, route) in routes() {
        let door = from_fn_with_state((console.clone(), asks), door::let_in);
        router = router.route(path, route.layer(door).layer(from_fn(observe::page)));
    }
    router
}
