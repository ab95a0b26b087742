//! The registry of diagnostic codes: one number, one stable reason, one remedy, one page each.
//!
//! `M1xxx` instance · `M2xxx` policy · `M3xxx` contradiction · `M4xxx` solver and verification · `M5xxx` runs · `M6xxx` call.
//! In `M1` and `M2` the numbers from 500 are findings that do not stop a match.

/// One diagnostic code. `Display` prints the number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// Stable number, such as `M1001`.
    pub number: &'static str,
    /// Stable name in capitals, unique among codes; the `reason` of a gRPC `ErrorInfo`.
    pub reason: &'static str,
    /// What to do, one sentence.
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
    M1001 DUPLICATE_ID "give every row an id of its own"
    M1002 MISSING_ID "fill in the id"
    M1003 MALFORMED_ID "use 1 to 64 bytes without control characters or spaces around it"
    M1004 UNKNOWN_ID "declare the row it names, or mend the id"
    M1005 NOT_A_NUMBER "send a finite number, or leave the field out"
    M1006 OUT_OF_RANGE "send what the message allows"
    M1007 MALFORMED_DATE "write dates as YYYY-MM-DD"
    M1008 REVERSED_DATES "let the last day not be before the first"
    M1009 UNKNOWN_ENUM_VALUE "use one of the names that the proto lists"
    M1010 UNKNOWN_COUNTRY "use an ISO 3166-1 alpha-2 code such as JP"
    M1011 UNKNOWN_LANGUAGE "use a BCP 47 tag that starts with an ISO 639 code, such as ja"
    M1012 EMPTY_NAME "write a name with at least one letter or digit"
    M1013 DUPLICATE_ENTRY "state it once"
    M1014 MISSING_TARGET "name one project_id, host_id, program_id or country_code"
    M1015 TEXT_TOO_LONG "shorten the text"
    M1016 TOO_MANY "send fewer; of students, projects and choices the command line takes as many as there are"
    M1017 CONTROL_CHARACTER "remove the control character"
    M1018 MISSING_INSTANCE "send an instance"
    M1019 RULE_NOT_WAIVABLE "remove the waiver; law, suspension, prohibitions and people's own wishes can't be waived"
    M1020 FUND_WITHOUT_SIZE "state place_count, or amount and cost_per_placement"
    M1021 MALFORMED_CURRENCY "use an ISO 4217 code such as USD"
    M1022 NO_EDIT "state at least one edit, or call Match"
    M1023 NOTHING_ASKED "name one student_id, project_id or pair"
    M1024 NOT_FOR_THIS_AUDIENCE "ask about a student or a pair for STUDENT, about a project or a pair for HOST, or as MANAGER"
    M1025 MISSING_OUTCOME "send two outcomes"
    M1501 EMPTY_COHORT "add students, or expect an empty matching"
    M1502 NO_SEATS "add projects with seats, or expect an empty matching"
    M1503 NO_ELIGIBLE_PAIR "read the refusals of the stranded students"
    M1504 UNKNOWN_SKILL "mend the spelling, or declare it in skill_aliases"
    M1505 MATERIALS_NOT_ASKED "add MATERIALS to the policy's required_data if they must be there"
    M1506 LEVEL_NOT_REQUIRED "set required to true if a student below the level must be refused"
    M1507 WAIVER_EXPIRED "let the waiver be granted anew, or remove it"
    M1508 ACCEPTANCE_VOID "tell whoever does not know yet, and take the offer back"
    M1509 FUNDS_NOT_ASKED "set paid_placements_only if placements must be paid, or leave the funds out"
    M1510 IDS_ALIKE "make sure that they are two, or give both rows one id"
    M1511 FEW_STATE_CHOICES "ask the others for their wishes; a student who states none has 0 for the term preference"
    M1512 WIDER_CHOICE_RANKED_BETTER "give the narrower choice the better rank, or leave it out"
    M1513 RANK_FAR_FROM_OTHERS "mend the rank, or set policy.rank_scale to the largest rank that is meant"
    M1514 MORE_OFFERS_THAN_SEATS "take offers back, or add seats"
    M1515 OFFER_WITHOUT_WEIGHT "pin the offers that have to hold, or send them as previous_assignments with the goal LEAST_DISRUPTION"
    M1530 PROJECT_WITHOUT_SEATS "leave it where it is closed on purpose, or raise max_seat_count"
    M1531 COUNTRY_NOT_OF_HOST "leave it where the work is in another country, or mend one of the two"
    M1532 TWO_FIRST_CHOICES "ask which one is the first, or leave the tie: either counts as a first choice"
    M1533 MINIMUMS_EXCEED_HOST "raise the host's max_seat_count, lower a minimum, or expect that a project stays closed"
    M1534 NO_LANGUAGE "ask for their languages; English has to be listed too"
    M1535 WAIVER_EXPIRES_SOON "have it extended if the season will be matched again after that day"
    M1536 SKILL_AT_TWO_LEVELS "state the skill once, at the level that is meant"
    M1537 TERM_KNOWN_FOR_SOME "state it for every candidate, or give the term the weight 0"
    M2001 DUPLICATE_GOAL "state each goal once for the same students"
    M2002 TOLERANCE_ON_PROFILE "leave the tolerance of a profile goal unset"
    M2003 SEMESTERS_NOT_INCREASING "list semesters and their levels in increasing order"
    M2004 MISPLACED_FLOOR "state floor_points on FEWEST_BELOW_FLOOR, and on no other goal"
    M2005 MISPLACED_MATCHING "state compared_with on FEWEST_CHANGES, and on no other goal"
    M2501 GOAL_MAY_PLACE_NOBODY "put PLACE_MOST before it"
    M2502 NO_WEIGHT "give at least one term a weight above 0, or drop TOTAL_POINTS and RAISE_WORST"
    M2503 NOTHING_TO_KEEP "send previous_assignments, or drop the goal"
    M2504 SOFT_QUOTA_WITHOUT_POINTS "add the goal TOTAL_POINTS, or leave penalty_points unset"
    M2505 UNKNOWN_VALUE "mend the spelling, or leave the value out"
    M3001 MINIMUM_ABOVE_MAXIMUM "lower the minimum or raise the maximum"
    M3002 PINS_EXCEED_SEATS "remove pins or add seats"
    M3003 STUDENT_PINNED_TWICE "keep one pin for the student"
    M3004 PINNED_AND_FORBIDDEN "keep the pin or the prohibition"
    M3005 PIN_REFUSED "remove the pin, or mend what the rule refuses; a pin waives no rule"
    M3006 MUST_PLACE_IMPOSSIBLE "clear must_place, or mend what the rules refuse the student"
    M3007 MUST_OPEN_IMPOSSIBLE "clear must_open, or mend what the rules refuse the project's students"
    M3008 HOST_BELOW_MINIMUMS "raise the host's max_seat_count, or let some of its projects stay closed"
    M3009 MINIMUMS_EXCEED_STUDENTS "lower the minimums, or let some projects stay closed"
    M3010 QUOTA_OUT_OF_REACH "lower min_count, set penalty_points, or mend what the rules refuse"
    M3011 OUTCOME_BREAKS_RULES "send an outcome of this season and policy; Check names every rule that it breaks"
    M4001 SOLVER_FAILED "send the call again; if it fails again, keep the request and report it"
    M4002 RESULT_REJECTED "keep the request and report it; no result was given out"
    M4003 SOLVER_LOST "solve it again; if it happens again, give the process more memory"
    M4004 TIME_LIMIT_SHORTENED "ask for less, or use the command line, which has no such limit"
    M5001 RUN_NOT_FOUND "check the name; a caller sees its own runs only"
    M5002 MALFORMED_RUN_NAME "write runs/ and the run's id, as CreateRun gave it"
    M5003 RUN_ALREADY_FINISHED "read the run; it needs no cancelling"
    M5004 ATTEMPTS_EXHAUSTED "keep the request and report it; send it to Match to see what happens"
    M5005 REQUEST_ID_TAKEN "use a new request_id for a new request"
    M5006 QUEUE_FULL "wait until some of your runs have finished, or cancel some"
    M5007 STORE_UNAVAILABLE "send the call again after the delay"
    M5008 RUN_NOT_FINISHED "wait until the run has finished"
    M5009 STORED_DATA_DAMAGED "restore the store from a backup"
    M5010 MALFORMED_PAGE_TOKEN "send next_page_token as it was given, with the same request, or none"
    M5011 INSTANCE_AND_BASE_RUN "send instance and policy, or base_run and changes"
    M5012 RUN_WITHOUT_OUTCOME "name a run that has an outcome"
    M5013 NOTHING_CHANGED "state a change of something that is there"
    M5014 MALFORMED_LABEL "give the label a name of 1 to 63 letters, digits, -, _, . or /"
    M6001 MALFORMED_JSON "mend the JSON at the place named"
    M6002 MESSAGE_TOO_LARGE "send less, or use the command line, which has no such limit"
    M6003 OVERLOADED "send the call again after the delay"
    M6004 DEADLINE_PASSED "give the call more time, or set limits.time_limit below the deadline"
    M6005 TOO_MANY_PAIRS "narrow choices or rules, or use the command line, which has no such limit"
    M6006 UNEXPECTED_FAULT "report when it happened; nothing was given out"
    M6007 MALFORMED_MESSAGE "send the bytes that a client generated from the proto makes"
    M6008 TOO_MANY_TERMS "send fewer or narrower quotas and links, leave stability out, or use the command line, which has no such limit"
    M6009 STOPPING "send the call again; runs go on"
    M6010 UNAUTHENTICATED "send the header authorization with Bearer and your token"
    M6011 NOT_ALLOWED "use a token with the scope that is named"
    M6012 TOO_MANY_WATCHES "end a WatchRun, or poll with GetRun; send the call again after the delay"
    M6013 NO_ROOM "send the call again after the delay; where there is none, send less, or ask the operator for a greater --upload-mib"
    M6014 STALLED "send the request at once and read the answer; where the network is slow, ask the operator for a longer --upload-seconds"
}
