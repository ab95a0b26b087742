//! A whole winter: from spreadsheets to a matching, to changes with reasons, to the tables that the office sends out.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde_json::json;

use super::hand::{By, Person, moment};
use super::season::{Season, misti_like, sample};
use super::{Office, runs_on};
use crate::browser::Browser;

#[tokio::test]
async fn a_whole_winter_can_be_done_by_mouse() {
    winter(By::Mouse, sample()).await;
}

#[tokio::test]
async fn a_whole_winter_of_a_thousand_students_can_be_done_by_mouse() {
    winter(By::Mouse, misti_like()).await;
}

#[tokio::test]
async fn a_whole_winter_can_be_done_by_keyboard_alone_and_the_focus_is_always_seen() {
    winter(By::Keyboard, sample()).await;
}

async fn winter(by: By, season: Season) {
    let (office, browser) = (Office::open(&[]), Browser::open().await);
    browser.looks(1_280, 900, false).await;
    browser.goto(&office.at("/")).await;
    let person = Person { browser: &browser, by };
    let quiet = async || browser.assert_quiet(&office.origin).await;

    read_the_files(&person, &season).await;
    quiet().await;
    decide(&person, &season).await;
    quiet().await;
    set_goals(&person).await;
    make_a_shortlist(&person).await;
    quiet().await;
    person.press("Match").await;
    match_it(&person, &season).await;
    quiet().await;
    let left = who_is_left(&person).await;
    see_what_one_seat_would_change(&person, &left).await;
    assert_eq!(runs_on(&browser).await, 1, "looking keeps nothing");
    quiet().await;
    pin(&person, &left).await;
    quiet().await;
    let gone = tell_of_offers(&person, &season, &left).await;
    quiet().await;
    compare(&person, &gone).await;
    assert_eq!(runs_on(&browser).await, 3);
    export(&person, &season).await;
    quiet().await;
    browser.close().await;
}

pub(super) async fn read_the_files(person: &Person<'_>, season: &Season) {
    person.is_at("Seasons").await;
    person.reads("There is no season under work.").await;
    person.write("#season", season.name).await;
    person.bring("form.drop", &season.files).await;
    person.press("Read the files").await;
    person.is_at(season.name).await;
    let open = season.answers.len() + season.decisions.len();
    person.reads(&format!("{open} decisions to make before there is a season.")).await;
    assert_eq!(person.browser.texts("#files + table tbody tr").await.len(), season.files.len());
}

pub(super) async fn decide(person: &Person<'_>, season: &Season) {
    person.press("Decide").await;
    person.is_at("Problems").await;
    for (question, answer) in season.answers {
        let name = field_of(person, question).await;
        person.tick(&name, answer).await;
    }
    for decision in &season.decisions {
        let name = field_of(person, decision.found).await;
        match &decision.value {
            None => person.tick(&name, "accept").await,
            Some(value) => {
                person.tick(&name, "value").await;
                person.write(&format!("input[name={}]", name.replacen('d', "v", 1)), value).await;
            }
        }
    }
    person.press("Save these decisions").await;
    person.reads("Nothing is open.").await;
    person.press(&format!("decided ({})", season.decisions.len())).await;
    person.browser.wait_for("a[aria-current=true][href*=decided]").await;
    for decision in &season.decisions {
        person.reads(decision.found).await;
    }
}

/// The name of the field in the one box that says something.
async fn field_of(person: &Person<'_>, found: &str) -> String {
    let script = format!(
        "const boxes = [...document.querySelectorAll('fieldset.problem')].filter(box => box.innerText.includes({}));
        return boxes.map(box => box.querySelector('input[type=radio]').name)",
        json!(found)
    );
    let names = person.browser.ask(&script).await;
    let names = names.as_array().expect("a list");
    assert_eq!(names.len(), 1, "{found} stands in one box: {names:?}");
    names[0].as_str().expect("a name").to_owned()
}

pub(super) async fn set_goals(person: &Person<'_>) {
    person.press("Policy").await;
    person.is_at("Policy").await;
    person.choose("select[name=goal0]", "PLACE_MOST").await;
    person.choose("select[name=goal1]", "LEAST_RANK_SUM").await;
    person.press("Save the policy").await;
    person.browser.wait_for("select[name=goal1] option[selected]:not([value=''])").await;
}

async fn make_a_shortlist(person: &Person<'_>) {
    person.press("Shortlist").await;
    person.is_at("Shortlist").await;
    person.press("Make the shortlist").await;
    person.browser.wait_until_text("#interviews", "proven the best").await;
    assert!(person.browser.texts("#interviews ~ .scroll tbody li").await.len() > 10);
}

pub(super) async fn match_it(person: &Person<'_>, season: &Season) {
    // What the page says of progress while it is open, however soon it is over.
    let watch = "addEventListener('DOMContentLoaded', () => {
        const progress = document.querySelector('#progress');
        const note = () => sessionStorage.setItem('progress', (sessionStorage.getItem('progress') ?? '') + progress.innerText);
        if (progress) new MutationObserver(note).observe(progress, { childList: true, subtree: true });
    })";
    person.browser.in_every_page(watch).await;
    person.browser.wait_for("#name").await;
    person.write("#name", "First").await;
    person.press_at("form.plain button.main").await;
    person.is_at("First").await;
    person.reads("finished, proven the best").await;
    if season.is_slow {
        let seen = person.browser.ask("return sessionStorage.getItem('progress')").await;
        let seen = seen.as_str().expect("progress came while the page was open");
        // A phase may be over between two looks of the worker.
        assert!(seen.contains("The run is working") && seen.contains("PLACE_MOST"), "{seen}");
    }
    if let Some(placed) = season.placed {
        person.reads(placed).await;
    }
    person.reads("How well did students do?").await;
}

/// Somebody of a run, as pages name them.
struct Named {
    name: String,
    id: String,
}

/// Who stands in the first row of a table.
async fn first_of(person: &Person<'_>, table: &str) -> Named {
    let row = person.browser.text(&format!("{table} tbody tr:first-child th a")).await;
    let id = person.browser.text(&format!("{table} tbody tr:first-child th .id")).await;
    Named { name: row, id }
}

/// Finds a student without a place for whom there would be one.
async fn who_is_left(person: &Person<'_>) -> Named {
    person.press("Students").await;
    person.is_at("Students").await;
    person.choose("select[name=reason]", "others are better there").await;
    person.press("Show").await;
    person.browser.wait_for("select[name=reason] option[selected]:not([value=''])").await;
    assert!(person.browser.path().await.contains("reason=CROWDED_OUT"), "the view has an address");
    let left = first_of(person, "table.list").await;
    person.press(&left.name).await;
    person.is_at(&left.name).await;
    left
}

/// Asks why the student is not at a project that would cost others something.
async fn why_not(person: &Person<'_>) {
    let script = "const row = [...document.querySelectorAll('#choices ~ .scroll tbody tr')].find(row => row.innerText.includes('Would cost'));
        return row && row.querySelector('td:last-child a').getAttribute('href')";
    person.browser.wait_until_text("#choices ~ .scroll tbody td", "Would cost").await;
    let page = person.browser.ask(script).await;
    let page = page.as_str().expect("a choice would cost others something");
    assert_eq!(person.browser.text(&format!("a[href='{page}']")).await, "Why not?");
    person.press_at(&format!("a[href='{page}']")).await;
    person.is_at("Why not").await;
    person.reads("What if").await;
}

async fn see_what_one_seat_would_change(person: &Person<'_>, left: &Named) {
    why_not(person).await;
    person.press("One more seat at this project…").await;
    person.is_at("Before anything is kept").await;
    person.reads("has one seat more.").await;
    person.reads("proven the best").await;
    let moves = who_moves(person).await;
    assert!(!moves.is_empty(), "a seat more moves somebody");
    assert!(moves.iter().any(|row| row.contains("no place")), "{moves:?}");
    person.browser.wait_until_text("caption", "What it costs").await;
    let _ = left;
    person.press("Leave everything as it is").await;
    person.is_at("First").await;
}

/// Who moves, a line each, as soon as that is known.
async fn who_moves(person: &Person<'_>) -> Vec<String> {
    person.browser.wait_for("[aria-label='Who moves'] tbody tr").await;
    person.browser.texts("[aria-label='Who moves'] tbody tr").await
}

/// Finds the student again, by searching, and pins them where they wished to be.
async fn pin(person: &Person<'_>, left: &Named) {
    person.press("Students").await;
    person.is_at("Students").await;
    person.write("input[name=find]", &left.id).await;
    person.press("Find").await;
    person.reads("1 student found").await;
    assert!(!person.browser.path().await.contains(&left.id), "who is searched for stands in no address");
    person.press(&left.name).await;
    person.is_at(&left.name).await;
    why_not(person).await;
    person.press("Pin this student here…").await;
    person.is_at("Before anything is kept").await;
    let moves = who_moves(person).await;
    assert!(moves.iter().any(|row| row.contains(&left.id)), "{moves:?}");
    assert_eq!(runs_on(person.browser).await, 1);
    person.write("#reason", "Promised by telephone").await;
    person.write("#name", "Second").await;
    person.press("Keep as a re-match").await;
    person.is_at("Second").await;
    person.reads("finished, proven the best").await;
    person.press_at(".tabs a[href$='/ledger']").await;
    person.is_at("Ledger").await;
    person.reads("Promised by telephone").await;
    person.reads(&left.id).await;
}

/// Brings a table of offers: one is accepted, another is declined. Gives back who declined.
async fn tell_of_offers(person: &Person<'_>, season: &Season, left: &Named) -> Named {
    person.press("Offers").await;
    person.is_at("Offers").await;
    let script = format!(
        "const id = cell => cell.querySelector('.id').innerText;
        const rows = [...document.querySelectorAll('[aria-label=Offers] tbody tr')].map(row => [id(row.children[0]), id(row.children[1]), row.children[0].querySelector('a').innerText]);
        return rows.filter(row => row[0] !== {})[0]",
        json!(left.id)
    );
    let row = person.browser.ask(&script).await;
    let word = |at: usize| row[at].as_str().expect("a word").to_owned();
    let table = season.folder.path().join("offers.csv");
    let text =
        format!("student_id,project_id,state,reason,after_decline\n{},{},declined,Has a job,OUT\n", word(0), word(1));
    std::fs::write(&table, text).expect("it is written");
    person.bring("form.drop", &[table]).await;
    person.press("Read the file").await;
    person.is_at("Changes of Second").await;
    person.reads("1 change read.").await;
    person.press("See what would change").await;
    person.is_at("What would change").await;
    let moves = who_moves(person).await;
    assert!(moves.iter().any(|row| row.contains(&word(0))), "{moves:?}");
    assert_eq!(runs_on(person.browser).await, 2);
    person.write("#name", "Third").await;
    person.press("Keep as a re-match").await;
    person.is_at("Third").await;
    person.reads("finished, proven the best").await;
    Named { id: word(0), name: word(2) }
}

async fn compare(person: &Person<'_>, gone: &Named) {
    person.press("Compare").await;
    person.is_at("Compare").await;
    assert_eq!(person.browser.text("select[name=before] option:checked").await, "Second");
    let moves = who_moves(person).await;
    let row = moves.iter().find(|row| row.contains(&gone.id)).unwrap_or_else(|| panic!("{moves:?}"));
    assert!(row.contains(&gone.name) && row.contains("no place"), "{row}");
    person.choose("select[name=before]", "First").await;
    person.press_at("form.filters button").await;
    person.browser.wait_until_text("select[name=before] option:checked", "First").await;
}

async fn export(person: &Person<'_>, season: &Season) {
    person.press("Export").await;
    person.is_at("Export").await;
    person.browser.downloads_into(season.folder.path()).await;
    person.press("Workbook").await;
    let bytes = person.browser.downloaded(&season.folder.path().join("placements.xlsx")).await;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let placements = workbook.worksheet_range("placements").expect("a sheet of placements");
    assert!(placements.height() > 10, "{} rows", placements.height());
    moment().await;
}
