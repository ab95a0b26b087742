//! [`Teller`]: what a message of an outcome or of an explanation says to whoever may read it, without asking the engine again.

use super::evaluation::write_pair;
use super::names::Names;
use super::sentences::Words;
use super::{Audience, Request, pb};
use rules::evaluation::PairEvaluation;

/// Tells messages to one reader. What the reader may not see is taken out first, whoever the message was made for.
pub struct Teller<'a> {
    names: Names<'a>,
    reader: Audience,
    is_best: bool,
}

impl<'a> Teller<'a> {
    /// To `reader`, of a matching of this season; `is_best` says whether it is proven to be as good as any.
    pub fn new(request: &'a Request, reader: Audience, is_best: bool) -> Self {
        Self { names: Names { instance: &request.instance, policy: &request.policy }, reader, is_best }
    }

    fn words(&self) -> Words<'a> {
        Words { season: Some(self.names), reader: self.reader, is_best: self.is_best }
    }

    /// Why a student has their place, or none.
    pub fn student(&self, mut message: pb::StudentExplanation) -> Vec<String> {
        self.reader.of_student(&mut message);
        if let Some(left) = &mut message.unmatched {
            left.sentence = self.words().unmatched(left);
        }
        self.words().explained_student(&message)
    }

    /// Why a project has whom it has.
    pub fn project(&self, mut message: pb::ProjectExplanation) -> Vec<String> {
        self.reader.of_project(&mut message);
        self.words().explained_project(&message)
    }

    /// Why a pair is or is not matched.
    pub fn pair(&self, mut message: pb::PairExplanation) -> String {
        self.reader.of_pair(&mut message);
        self.words().pair(&message)
    }

    /// That the rules refuse a pair.
    pub fn refused(&self, pair: &PairEvaluation) -> String {
        let evaluation = Some(write_pair(self.names.instance, pair));
        let reason = pb::pair_explanation::Reason::Refused as i32;
        self.pair(pb::PairExplanation { evaluation, reason, prospect: None })
    }
}
