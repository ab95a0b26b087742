//! Offers and what was agreed before.

/// How far an offer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    /// Meant to be made.
    Draft,
    /// Made, not answered.
    Extended,
    /// Accepted.
    Accepted,
    /// Declined by the student.
    Declined,
    /// Not answered in time.
    Expired,
    /// Left by the student.
    Withdrawn,
    /// Taken back by the host.
    Rescinded,
}

impl OfferState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Extended, Self::Accepted, Self::Declined, Self::Expired, Self::Withdrawn, Self::Rescinded];

    /// Whether nothing comes of it any more.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Declined | Self::Expired | Self::Withdrawn | Self::Rescinded)
    }
}

/// What it costs not to keep a previous assignment, by the offer made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangePrices {
    /// None was made.
    pub without_offer: u32,
    /// One is meant to be made.
    pub draft: u32,
    /// One was made.
    pub extended: u32,
    /// One was accepted, and is void.
    pub accepted: u32,
    /// One has ended.
    pub ended: u32,
}

impl Default for ChangePrices {
    fn default() -> Self {
        Self { without_offer: 1, draft: 0, extended: 10, accepted: 0, ended: 0 }
    }
}

impl ChangePrices {
    /// The price by an offer's state.
    pub fn of(&self, offer: Option<OfferState>) -> u32 {
        match offer {
            None => self.without_offer,
            Some(OfferState::Draft) => self.draft,
            Some(OfferState::Extended) => self.extended,
            Some(OfferState::Accepted) => self.accepted,
            Some(_) => self.ended,
        }
    }
}
