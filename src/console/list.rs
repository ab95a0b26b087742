//! [`Table`]: rows that are filtered, sorted and shown a page at a time on the server. Filters, order and page stand in the address; who is searched
//! for does not.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::Method;
use maud::{Markup, html};
use wire::numbers::{count, counted};

use crate::trouble::Trouble;

/// Rows of a page.
const PAGE: usize = 50;

/// Rows that a search shows.
const MOST_FOUND: usize = 200;

/// Which of two rows comes first.
type Order<'a, T> = Box<dyn Fn(&T, &T) -> Ordering + 'a>;

/// Whether a row is of a value.
type Holds<'a, T> = Box<dyn Fn(&T, &str) -> bool + 'a>;

/// What of a row is searched.
pub(crate) type Text<'a, T> = Box<dyn Fn(&T) -> String + 'a>;

/// A column.
pub(crate) struct Column<'a, T> {
    key: &'static str,
    title: &'static str,
    cell: Box<dyn Fn(&T) -> Markup + 'a>,
    order: Option<Order<'a, T>>,
    is_number: bool,
}

impl<'a, T> Column<'a, T> {
    /// A column that nobody sorts by.
    pub fn new(key: &'static str, title: &'static str, cell: impl Fn(&T) -> Markup + 'a) -> Self {
        Self { key, title, cell: Box::new(cell), order: None, is_number: false }
    }

    /// Sorted by what a key of the row says.
    pub fn by<K: Ord>(self, key: impl Fn(&T) -> K + 'a) -> Self {
        Self { order: Some(Box::new(move |a, b| key(a).cmp(&key(b)))), ..self }
    }

    /// A column of numbers.
    pub fn number(self) -> Self {
        Self { is_number: true, ..self }
    }
}

/// A choice of rows.
pub(crate) struct Filter<'a, T> {
    key: &'static str,
    title: &'static str,
    /// Values, each with its name.
    options: Vec<(String, String)>,
    holds: Holds<'a, T>,
}

impl<'a, T> Filter<'a, T> {
    pub fn new(
        key: &'static str,
        title: &'static str,
        options: Vec<(String, String)>,
        holds: impl Fn(&T, &str) -> bool + 'a,
    ) -> Self {
        Self { key, title, options, holds: Box::new(holds) }
    }
}

/// What the address asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked(BTreeMap<String, String>);

impl Asked {
    /// Reads the part of an address after `?`.
    pub fn read(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// One value; empty where it is not stated.
    pub fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The same with another value; an empty one is left out.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut values = self.0.clone();
        for (name, value) in changes {
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        let stated = values.iter().filter(|(_, value)| !value.is_empty());
        let text: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(stated).finish();
        if text.is_empty() { text } else { format!("?{text}") }
    }
}

/// What a table is asked for: by its address, and by a search that was posted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sought {
    asked: Asked,
    find: Option<String>,
}

/// What is searched for.
#[derive(Debug, serde::Deserialize)]
struct Find {
    #[serde(default)]
    find: String,
}

impl<S: Send + Sync> FromRequest<S> for Sought {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let asked = Asked::read(request.uri().query());
        if request.method() != Method::POST {
            return Ok(Self { asked, find: None });
        }
        let malformed = |_| Trouble::malformed("The search can't be read.");
        let Form(Find { find }) = Form::from_request(request, state).await.map_err(malformed)?;
        Ok(Self { asked, find: Some(find) })
    }
}

/// A table of rows.
pub(crate) struct Table<'a, T> {
    /// What it shows, as its caption.
    pub caption: &'static str,
    /// One row, such as `student`.
    pub noun: &'static str,
    /// The address of the page.
    pub address: String,
    pub columns: Vec<Column<'a, T>>,
    pub filters: Vec<Filter<'a, T>>,
    /// What a search looks in; unset: nobody searches.
    pub text: Option<Text<'a, T>>,
    /// What is said where there is nothing at all.
    pub empty: &'static str,
}

impl<T> Table<'_, T> {
    /// The rows that an address asks for, or those that a search finds.
    pub fn show(&self, mut rows: Vec<T>, sought: &Sought) -> Markup {
        let Sought { asked, find } = sought;
        if rows.is_empty() {
            return html! { p.empty { (self.empty) } };
        }
        for filter in &self.filters {
            let value = asked.value(filter.key);
            if !value.is_empty() {
                rows.retain(|row| (filter.holds)(row, value));
            }
        }
        let find = find.as_deref().map(str::trim).filter(|find| !find.is_empty());
        if let (Some(find), Some(text)) = (find, &self.text) {
            let words: Vec<String> = find.split_whitespace().map(str::to_lowercase).collect();
            rows.retain(|row| {
                let text = text(row).to_lowercase();
                words.iter().all(|word| text.contains(word))
            });
        }
        let is_down = asked.value("order") == "down";
        let sorted = self.columns.iter().find(|column| column.key == asked.value("sort"));
        if let Some(order) = sorted.and_then(|column| column.order.as_ref()) {
            rows.sort_by(|a, b| if is_down { order(b, a) } else { order(a, b) });
        }
        let total = rows.len();
        let size = if find.is_some() { MOST_FOUND } else { PAGE };
        let last = total.div_ceil(size).max(1);
        let page = if find.is_some() { 1 } else { asked.value("page").parse().unwrap_or(1).clamp(1, last) };
        let shown: Vec<T> = rows.into_iter().skip((page - 1) * size).take(size).collect();
        html! {
            (self.choices(asked, find))
            p.count role="status" {
                (counted(total as i64, self.noun))
                @if find.is_some() {
                    " found"
                    @if total > size { "; the first " (size) " are shown: write more of the name" }
                } @else if last > 1 { ", page " (count(page as i64)) " of " (count(last as i64)) }
            }
            @if !shown.is_empty() { (self.rows(&shown, asked, find.is_some())) }
            @if last > 1 && find.is_none() { (self.pages(asked, page, last)) }
        }
    }

    fn choices(&self, asked: &Asked, find: Option<&str>) -> Markup {
        let kept = [("sort", asked.value("sort")), ("order", asked.value("order"))];
        html! {
            div.tools {
                @if !self.filters.is_empty() {
                    form.filters method="get" action=(self.address) {
                        @for (name, value) in kept { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
                        @for filter in self.filters.iter().filter(|filter| filter.options.len() > 1) {
                            label { (filter.title) " "
                                select name=(filter.key) {
                                    option value="" { "all" }
                                    @for (value, name) in &filter.options {
                                        option value=(value) selected[asked.value(filter.key) == value] { (name) }
                                    }
                                }
                            }
                        }
                        button type="submit" { "Show" }
                    }
                }
                @if self.text.is_some() {
                    form.find method="post" action=(format!("{}{}", self.address, asked.with(&[("page", "")]))) role="search" {
                        label { "Find by name or id " input type="search" name="find" value=[find] autocomplete="off"; }
                        button type="submit" { "Find" }
                    }
                }
            }
        }
    }

    fn rows(&self, rows: &[T], asked: &Asked, is_search: bool) -> Markup {
        let class = |column: &Column<T>| if column.is_number { "number" } else { "" };
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.caption) {
                table.list {
                    caption.hidden { (self.caption) }
                    thead { tr { @for column in &self.columns { (self.head(column, asked, is_search)) } } }
                    tbody { @for row in rows {
                        tr { @for (place, column) in self.columns.iter().enumerate() {
                            @if place == 0 { th scope="row" class=(class(column)) { ((column.cell)(row)) } }
                            @else { td class=(class(column)) { ((column.cell)(row)) } }
                        } }
                    } }
                }
            }
        }
    }

    /// The head of a column, by which rows are sorted.
    fn head(&self, column: &Column<T>, asked: &Asked, is_search: bool) -> Markup {
        let class = if column.is_number { "number" } else { "" };
        let is_sorted = asked.value("sort") == column.key;
        let is_down = is_sorted && asked.value("order") == "down";
        let next = if is_sorted && !is_down { "down" } else { "" };
        let order = is_sorted.then_some(if is_down { "descending" } else { "ascending" });
        let address = format!("{}{}", self.address, asked.with(&[("sort", column.key), ("order", next), ("page", "")]));
        html! {
            th scope="col" class=(class) aria-sort=[order] {
                @if column.order.is_some() && !is_search {
                    a href=(address) { (column.title) @if is_sorted { span aria-hidden="true" { @if is_down { " ↓" } @else { " ↑" } } } }
                } @else { (column.title) }
            }
        }
    }

    fn pages(&self, asked: &Asked, page: usize, last: usize) -> Markup {
        let to = |page: usize| format!("{}{}", self.address, asked.with(&[("page", &page.to_string())]));
        html! {
            nav.pages aria-label="Pages of the table" {
                @if page > 1 { a href=(to(1)) { "First" } " " a href=(to(page - 1)) rel="prev" { "Previous" } }
                " Page " (count(page as i64)) " of " (count(last as i64)) " "
                @if page < last { a href=(to(page + 1)) rel="next" { "Next" } " " a href=(to(last)) { "Last" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, find: Option<&str>) -> String {
        let table = Table {
            caption: "Numbers",
            noun: "number",
            address: "/n".to_owned(),
            columns: vec![Column::new("n", "Number", |n: &u32| html! { "<" (n) ">" }).by(|n| *n).number()],
            filters: vec![Filter::new("odd", "Odd", vec![("1".to_owned(), "odd".to_owned())], |n: &u32, _| n % 2 == 1)],
            text: Some(Box::new(|n| format!("No {n}"))),
            empty: "There is none.",
        };
        let sought = Sought { asked: Asked::read(Some(query)), find: find.map(str::to_owned) };
        table.show((1..=120).collect(), &sought).into_string()
    }

    fn numbers(page: &str) -> Vec<u32> {
        page.split("&lt;").skip(1).map(|part| part.split("&gt;").next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn rows_are_shown_a_page_at_a_time() {
        let first = shown("", None);
        assert_eq!(numbers(&first), (1..=50).collect::<Vec<_>>());
        assert!(first.contains("120 numbers, page 1 of 3"), "{first}");
        assert_eq!(numbers(&shown("page=3", None)), (101..=120).collect::<Vec<_>>());
        for far in ["page=99", "page=3"] {
            assert_eq!(numbers(&shown(far, None)).len(), 20, "{far}");
        }
        for none in ["page=0", "page=-1", "page=x", "page=99999999999999999999999"] {
            assert_eq!(numbers(&shown(none, None))[0], 1, "{none}");
        }
    }

    #[test]
    fn a_table_sorts_and_filters_and_its_links_keep_the_rest() {
        let down = shown("sort=n&order=down&odd=1", None);
        assert_eq!(numbers(&down)[..3], [119, 117, 115]);
        assert!(down.contains("60 numbers") && down.contains("aria-sort=\"descending\""));
        assert!(down.contains("/n?odd=1&amp;order=down&amp;page=2&amp;sort=n"), "{down}");
    }

    #[test]
    fn a_search_looks_for_every_word_and_says_nothing_in_an_address() {
        let found = shown("odd=1", Some("no 11"));
        assert_eq!(numbers(&found), [11, 111, 113, 115, 117, 119]);
        assert!(!found.contains("find="), "{found}");
        assert!(shown("", Some("nobody")).contains("0 numbers found"));
    }
}
