//! A matching to look at and to print: pages and letters. Read from messages, so that it can say no more than they do.
