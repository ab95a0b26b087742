//! [`Guard`]: how many connections there are, in all and from each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

/// The count.
#[derive(Clone)]
pub(super) struct Guard {
    most: usize,
    most_of_address: usize,
    trusted: Arc<[IpNet]>,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    all: usize,
    of_address: HashMap<IpAddr, usize>,
}

/// A connection's place; given up when dropped.
pub(super) struct Place {
    guard: Guard,
    address: IpAddr,
}

/// Why a connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There are as many as there may be.
    All,
    /// There are as many from this address.
    Address,
}

impl Guard {
    pub fn new(most: usize, most_of_address: usize, trusted: Vec<IpNet>) -> Self {
        Self { most, most_of_address, trusted: trusted.into(), open: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a connection.
    pub fn admit(&self, address: IpAddr) -> Result<Place, Refusal> {
        // An IPv4 address is the same one on a socket that speaks IPv6.
        let address = address.to_canonical();
        let is_trusted = self.trusted.iter().any(|net| net.contains(&address));
        let mut open = self.open();
        if open.all >= self.most {
            return Err(Refusal::All);
        }
        let of_address = open.of_address.entry(address).or_insert(0);
        if *of_address >= self.most_of_address && !is_trusted {
            return Err(Refusal::Address);
        }
        *of_address += 1;
        open.all += 1;
        Ok(Place { guard: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.guard.open();
        open.all -= 1;
        if let Some(count) = open.of_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.of_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_a_proxy_has_all() {
        let guard = Guard::new(4, 1, vec!["10.0.0.0/8".parse().unwrap()]);
        let (peer, proxy) = ("192.0.2.1".parse().unwrap(), "10.1.2.3".parse().unwrap());
        let first = guard.admit(peer).ok().unwrap();
        assert_eq!(guard.admit("::ffff:192.0.2.1".parse().unwrap()).err(), Some(Refusal::Address));
        let many: Vec<Place> = (0..3).map(|_| guard.admit(proxy).ok().unwrap()).collect();
        assert_eq!(guard.admit(proxy).err(), Some(Refusal::All));
        drop((first, many));
        assert!(guard.open().of_address.is_empty() && guard.open().all == 0);
    }
}
