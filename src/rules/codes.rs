//! The registry of diagnostic codes: one number, one stable reason, one remedy, one page each.
//!
//! `M1xxx` instance · `M2xxx` policy · `M3xxx` contradiction · `M4xxx` solver and verification · `M5xxx` runs · `M6xxx` call · `M7xxx` desk.
//! In `M1` to `M3` the numbers from 500 are findings that do not stop a match.

/// One diagnostic code. `Display` prints the number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// Stable number, such as `M1001`.
    pub number: &'static str,
    /// Stable name in capitals, unique among codes; the `reason` of a gRPC `ErrorInfo`.
    pub reason: &'static str,
    /// What to do: one sentence, which the page repeats.
    pub remedy: &'static str,
    /// The page: cause, smallest example, what to do. Markdown.
    pub page: &'static str,
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.number)
    }
}

macro_rules! codes {
    ($($number:ident $reason:ident $remedy:literal)*) => {
        $(
            #[doc = include_str!(concat!("codes/", stringify!($number), ".md"))]
            pub static $reason: Code = Code {
                number: stringify!($number),
                reason: stringify!($reason),
                remedy: $remedy,
                page: include_str!(concat!("codes/", stringify!($number), ".md")),
            };
        )*
        /// Every code, by number.
        pub static ALL: &[&Code] = &[$(&$reason),*];
    };
}

codes! {
    M1001 DUPLICATE_ID "Give every row an id of its own."
    M1002 MISSING_ID "Fill in the id."
    M1003 MALFORMED_ID "Write an id of 1 to 64 bytes, without control characters and without a space at either end."
    M1004 UNKNOWN_ID "Add the row that the id names, or correct the id."
    M1005 NOT_A_NUMBER "Send a finite number, or leave the field out."
    M1006 OUT_OF_RANGE "Send a number inside the range that the message names."
    M1007 MALFORMED_DATE "Write dates as YYYY-MM-DD, such as 2027-06-01."
    M1008 REVERSED_DATES "Give a last day that is not before the first."
    M1009 UNKNOWN_ENUM_VALUE "Use one of the values that the reference lists for this field."
    M1010 UNKNOWN_COUNTRY "Use an ISO 3166-1 alpha-2 code, such as JP."
    M1011 UNKNOWN_LANGUAGE "Use a BCP 47 tag that begins with an ISO 639 code, such as ja."
    M1012 EMPTY_NAME "Write a name with at least one letter or digit."
    M1013 DUPLICATE_ENTRY "State it once."
    M1014 MISSING_TARGET "Name one of project_id, host_id, program_id and country_code."
    M1015 TEXT_TOO_LONG "Shorten the text."
    M1016 TOO_MANY "Send fewer entries."
    M1017 CONTROL_CHARACTER "Remove the control character."
    M1018 MISSING_INSTANCE "Send an instance."
    M1019 RULE_NOT_WAIVABLE "Remove the waiver: law, suspensions, prohibitions and people's own wishes can't be waived."
    M1020 FUND_WITHOUT_SIZE "State place_count, or amount and cost_per_placement."
    M1021 MALFORMED_CURRENCY "Use an ISO 4217 code, such as USD."
    M1022 NO_EDIT "State at least one edit, or call Match."
    M1023 NOTHING_ASKED "Name a student_id, a project_id or a pair."
    M1024 NOT_FOR_THIS_AUDIENCE "Ask as STUDENT about a student or a pair, as HOST about a project or a pair, or as MANAGER about any."
    M1025 MISSING_OUTCOME "Send two outcomes, before and after."
    M1501 EMPTY_COHORT "Add students, or expect an empty matching."
    M1502 NO_SEATS "Add projects with seats, or expect an empty matching."
    M1503 NO_ELIGIBLE_PAIR "Read which rules refuse the students who are stranded, in the market of Validate."
    M1504 UNKNOWN_SKILL "Correct the spelling, or declare it in skill_aliases."
    M1505 MATERIALS_NOT_ASKED "Add MATERIALS to required_data if no material may be missing."
    M1506 LEVEL_NOT_REQUIRED "Set required to true if a student below the level must be refused."
    M1507 WAIVER_EXPIRED "Grant the waiver anew, or remove it."
    M1508 ACCEPTANCE_VOID "Tell whoever does not know yet, and take the offer back."
    M1509 FUNDS_NOT_ASKED "Set paid_placements_only if placements must be paid, or leave the funds out."
    M1510 IDS_ALIKE "Make sure that they are two people or two rows, or give both rows one id."
    M1511 FEW_STATE_CHOICES "Ask the others for their wishes, or set the weight of preference to 0."
    M1512 WIDER_CHOICE_RANKED_BETTER "Give the narrower choice the better rank, or leave it out."
    M1513 RANK_FAR_FROM_OTHERS "Correct the rank, or set policy.rank_scale to the largest rank that is meant."
    M1514 MORE_OFFERS_THAN_SEATS "Take offers back, or add seats."
    M1515 OFFER_WITHOUT_WEIGHT "Put the goal KEEP_TOLD first, pin the offers that have to hold, or send them as previous_assignments with the goal LEAST_DISRUPTION."
    M1520 DECLINED_IN_POOL "State after_decline OUT in the change that tells of the refusal, or withdraw the student who wants no other place."
    M1521 TOLD_AND_MOVED "To keep everyone who was told, put the goal KEEP_TOLD first (in a re-match, set keep_told); else tell those who are named."
    M1530 PROJECT_WITHOUT_SEATS "Leave it if it is closed on purpose, else raise max_seat_count."
    M1531 COUNTRY_NOT_OF_HOST "Leave it if the work is in another country, else correct one of the two."
    M1532 TWO_FIRST_CHOICES "Ask which one is the first, or leave the tie: either counts as a first choice."
    M1533 MINIMUMS_EXCEED_HOST "Raise the host's max_seat_count, lower a minimum, or expect that a project stays closed."
    M1534 NO_LANGUAGE "Ask for their languages; English has to be listed too."
    M1535 WAIVER_EXPIRES_SOON "Have it extended if the season will be matched again after that day."
    M1536 SKILL_AT_TWO_LEVELS "State the skill once, at the level that is meant."
    M1537 TERM_KNOWN_FOR_SOME "State it for every candidate, or give the term the weight 0."
    M2001 DUPLICATE_GOAL "State each goal once for the same students."
    M2002 TOLERANCE_ON_PROFILE "Leave the tolerance of this goal unset."
    M2003 SEMESTERS_NOT_INCREASING "List semesters and their levels in increasing order."
    M2004 MISPLACED_FLOOR "State floor_points on FEWEST_BELOW_FLOOR, and on no other goal."
    M2005 MISPLACED_MATCHING "State compared_with on FEWEST_CHANGES, and on no other goal."
    M2501 GOAL_MAY_PLACE_NOBODY "Put PLACE_MOST before this goal."
    M2502 NO_WEIGHT "Give at least one term a weight above 0, or drop the goals that go by points."
    M2503 NOTHING_TO_KEEP "Send previous_assignments, or drop the goal."
    M2504 SOFT_QUOTA_WITHOUT_POINTS "Add the goal TOTAL_POINTS for everybody, or leave penalty_points unset."
    M2505 UNKNOWN_VALUE "Correct the spelling, or leave the value out."
    M3001 MINIMUM_ABOVE_MAXIMUM "Lower the minimum, or raise the maximum."
    M3002 PINS_EXCEED_SEATS "Remove pins, take offers back, or add seats."
    M3003 STUDENT_PINNED_TWICE "Keep one pin or accepted offer of the student."
    M3004 PINNED_AND_FORBIDDEN "Keep the pin or the prohibition, not both."
    M3005 PIN_REFUSED "Waive the rule where it can be waived, or correct the pin or the offer."
    M3006 MUST_PLACE_IMPOSSIBLE "Clear must_place, or correct what refuses the student."
    M3007 MUST_OPEN_IMPOSSIBLE "Clear must_open, lower the minimum, or correct what refuses the students."
    M3008 HOST_BELOW_MINIMUMS "Raise the host's max_seat_count, or let some of its projects stay closed."
    M3009 MINIMUMS_EXCEED_STUDENTS "Lower the minimums, or let some projects stay closed."
    M3010 QUOTA_OUT_OF_REACH "Lower min_count, set penalty_points, or correct what refuses the students that it counts."
    M3011 OUTCOME_BREAKS_RULES "Send an outcome of this season and policy, or none."
    M3012 ROWS_CONTRADICT "Give up one of them; Match tells the least changes after which there is a matching."
    M3501 DIAGNOSIS_CUT_SHORT "Run Match, or raise --validate-seconds."
    M4001 SOLVER_FAILED "Send the call again; if it fails again, keep the request and report it."
    M4002 RESULT_REJECTED "Keep the request and report it: no result was given out."
    M4003 SOLVER_LOST "Solve it again; if it happens again, give the process more memory."
    M4004 TIME_LIMIT_SHORTENED "Send a shorter time_limit, or use CreateRun or the command line where more is needed."
    M5001 RUN_NOT_FOUND "Take the name from CreateRun or ListRuns of the same caller."
    M5002 MALFORMED_RUN_NAME "Send the name as CreateRun or ListRuns gave it."
    M5003 RUN_ALREADY_FINISHED "Read the run: it needs no cancelling."
    M5004 ATTEMPTS_EXHAUSTED "Read in the workers' logs how the attempts ended, and create the run again once that is mended."
    M5005 REQUEST_ID_TAKEN "Send the same payload to get the same run, or use a new request_id."
    M5006 QUEUE_FULL "Wait until some of your runs have finished, or cancel some."
    M5007 STORE_UNAVAILABLE "Send the call again after the delay, with the same request_id."
    M5008 RUN_NOT_FINISHED "Wait until the run has finished."
    M5009 STORED_DATA_DAMAGED "Restore the store from a backup, or use the engine that wrote it."
    M5010 MALFORMED_PAGE_TOKEN "Send next_page_token as it was given, with the same request, or none to begin again."
    M5011 INSTANCE_AND_BASE_RUN "Send instance and policy, or base_run and changes."
    M5012 RUN_WITHOUT_OUTCOME "Name a run that has an outcome, or make this one again."
    M5013 NOTHING_CHANGED "Set one field of the change, about something that is there."
    M5014 MALFORMED_LABEL "Give the label a name of 1 to 63 letters, digits, -, _, . or /."
    M5015 MISPLACED_AFTER_DECLINE "State after_decline on a change to DECLINED, and on no other offer."
    M5016 TOO_MANY_DRAFTS "Delete drafts that you need no more, or wait until their time is over."
    M6001 MALFORMED_JSON "Correct the JSON at the place that is named."
    M6002 MESSAGE_TOO_LARGE "Send less, or use the command line, which has no such limit."
    M6003 OVERLOADED "Send the call again after the delay."
    M6004 DEADLINE_PASSED "Give the call more time, or set limits.time_limit below the deadline."
    M6005 TOO_MANY_PAIRS "Narrow choices or rules, or use the command line, which has no such limit."
    M6006 UNEXPECTED_FAULT "Report when it happened: nothing was given out."
    M6007 MALFORMED_MESSAGE "Send the bytes that a client generated from the proto makes."
    M6008 TOO_MANY_TERMS "Send fewer or narrower quotas and links, leave stability out, or use the command line, which has no such limit."
    M6009 STOPPING "Send the call again: runs that were created go on."
    M6010 UNAUTHENTICATED "Send the header authorization with Bearer and your token."
    M6011 NOT_ALLOWED "Use a token with the scope that is named."
    M6012 TOO_MANY_WATCHES "End a WatchRun, or poll with GetRun and send the call again after the delay."
    M6013 NO_ROOM "Send the call again after the delay; where none is given, send less, or ask the operator for a greater --upload-mib."
    M6014 STALLED "Send the request at once and read the answer; where the network is slow, ask the operator for a longer --upload-seconds."
    M7001 UNKNOWN_TABLE "Name the file or sheet as the table it is, or name it under [tables] of mapping.toml."
    M7002 UNKNOWN_COLUMN "Rename the header as the template has it, or name it under [columns] of mapping.toml."
    M7003 COLUMN_TWICE "Remove one of the two columns, or decide skip or keep about the second."
    M7004 MISSING_COLUMN "Add the column, or name the header that it is under [columns] of mapping.toml."
    M7005 HEADER_NOT_FIRST "Leave it, or remove the rows above the header."
    M7006 EMPTY_TABLE "Send the file again, or leave it out."
    M7007 BLOCK_BESIDE "Move the second block to a sheet of its own, or decide skip to leave it out."
    M7008 HIDDEN "Decide keep to read it, or skip to leave it out."
    M7009 STRUCK_THROUGH "Leave it, or set withdrawn for who no longer takes part."
    M7010 ROW_LENGTH "Correct the row in the file; keep reads it as it stands."
    M7011 NO_RECORD "Decide skip to leave the row out, or keep to read it."
    M7012 MERGED_CELL "Decide accept to take the value of the merged cell, or write the value."
    M7013 FORMULA "Decide accept to take the value that the formula gave, or write the value."
    M7014 ERROR_VALUE "Write the value that is meant, or decide blank where none is known."
    M7015 NOT_TEXT "Write the text again, or save the file as CSV UTF-8."
    M7016 SPACES_REMOVED "Leave it, or remove the spaces."
    M7017 INVISIBLE_CHARACTER "Decide accept to take the text without it, or write the text."
    M7018 ID_CHANGED "Decide accept where the suggestion is right, or write the id."
    M7019 ID_NEARLY_KNOWN "Decide accept where the suggestion is right, or write the id."
    M7020 UNKNOWN_REFERENCE "Add the row that is named, write another id, or decide skip to leave this row out."
    M7021 FOLLOWS "Decide the problem that is named; this one goes with it."
    M7022 MISSING_VALUE "Write the value; keep leaves it unset where it may be unset."
    M7023 DUPLICATE_ROW "Leave one of the two out, by skip for a row or blank for a cell, or write the id that is meant."
    M7024 DATE_ORDER "Answer once for the column: day_first or month_first."
    M7025 UNCLEAR_DATE "Write the day as 2027-06-01, or decide accept where the suggestion is right."
    M7026 DATE_REWRITTEN "Leave it, or write days as 2027-06-01."
    M7027 DECIMAL_COMMAS "Answer once for the column: decimal or thousands."
    M7028 UNCLEAR_NUMBER "Write a plain number, or decide accept where the suggestion is right."
    M7029 NUMBER_OUT_OF_RANGE "Write a number inside the range that is named."
    M7030 UNCLEAR_MONEY "Write the amount as 2500 EUR, without signs and separators."
    M7031 UNCLEAR_FLAG "Write true or false."
    M7032 FLAG_REWRITTEN "Leave it, or write true or false."
    M7033 UNKNOWN_WORD "Write one of the words that are named, or decide accept where the suggestion is right."
    M7034 UNKNOWN_CODE "Write the code, or decide accept where the suggestion is right."
    M7035 CASE_CHANGED "Leave it, or write the code in capital letters."
    M7036 UNCLEAR_LIST "Write ; between the entries of a list."
    M7037 UNCLEAR_LEVEL "Write a level: 1 to 5 for a skill, A1 to C2 or NATIVE for a language."
    M7038 SKILL_NEARLY_KNOWN "Decide accept where the suggestion is right, or keep where it is another skill."
    M7039 SKILL_NOT_KNOWN "Add it to the table of skills, or correct the spelling."
    M7040 RANKS_UNEVEN "Leave it, or ask what was meant: gaps and ties are kept as stated."
    M7041 ROWS_ALIKE "Make sure that they are two, or give both rows one id."
    M7042 TYPE_CHANGED "Decide accept where the suggestion is right, or write the value as text."
    M7043 WORD_FOR_MISSING "Leave the cell blank where nothing is known."
    M7044 TABLE_QUESTION "Answer once, in mapping.toml or as a decision."
    M7045 TWO_TARGETS "Fill in one of project, host, program and country, and blank the others."
    M7046 STALE_DECISION "Write the problems anew, and decide again."
    M7047 REFUSED_DECISION "Write the value to take, or decide skip or blank."
    M7048 MALFORMED_MAPPING "Correct the place that is named, or begin with the mapping that import writes."
    M7049 TABLE_NOT_FOR_CHANGES "Leave the table out, or make a new season of all tables."
    M7101 FILE_PROTECTED "Remove the password, and save the file again."
    M7102 FILE_DAMAGED "Open the file in its program, and save it again."
    M7103 FILE_TOO_LARGE "Split the file: 64 MiB unpacked, 200,000 rows and 500 columns are the most."
    M7104 OLD_WORKBOOK "Open it, and save it as .xlsx."
    M7105 FILE_WITH_ENTITIES "Open the file in its program, and save it again."
    M7106 NOT_A_SHEET "Save it as CSV, XLSX or ODS."
    M7107 GUESSED_ENCODING "Look at the example; where it is wrong, save the file as CSV UTF-8."
    M7108 OTHER_FORMAT "Leave it, or give the file its own ending."
    M7109 UNCLOSED_QUOTE "Close or remove the quote in the file."
    M7201 CELL_TOO_LONG "Shorten the text, or write CSV."
    M7202 TABLE_TOO_LARGE "Write CSV, or fewer rows."
    M7203 WORKBOOK_REFUSED "Write CSV, and report it."
    M7204 NO_DECISIONS "Give the table that --problems wrote, with all of its columns."
    M7205 MALFORMED_CELL "Leave the column cell as --problems wrote it, such as C12."
    M7211 TEMPLATE_FAILED "Correct the template at the line that is named."
    M7212 NO_TEMPLATE "Name a template student or host, with the ending .html, .txt or .md."
    M7221 ONE_MATCHING "Name a run, or send a season with its outcome."
    M7222 MISPLACED_READER "State host_id with the audience HOST, student_id with STUDENT, and neither with MANAGER."
    M7223 MALFORMED_FILE_NAME "Give every file a name of its own of 1 to 255 bytes, without folders and control characters."
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_page_begins_with_its_code_and_repeats_the_remedy_that_is_printed() {
        for code in ALL {
            assert!(code.page.starts_with(&format!("# {} {}\n\n", code.number, code.reason)), "{code}: {}", code.page);
            let what_to_do = code.page.split("## What to do\n\n").nth(1).unwrap_or_default();
            assert!(what_to_do.starts_with(&format!("{}\n", code.remedy)), "{code}: {what_to_do}");
        }
    }

    #[test]
    fn every_code_has_a_number_and_a_reason_of_its_own_and_they_are_in_order() {
        let numbers: Vec<&str> = ALL.iter().map(|code| code.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let reasons: std::collections::BTreeSet<&str> = ALL.iter().map(|code| code.reason).collect();
        assert_eq!(reasons.len(), ALL.len());
    }
}
