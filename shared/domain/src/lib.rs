//! The rules of the portal: who may enter, what each person sees, and how a ticket looks to a customer.
//!
//! Pure and synchronous. There is no AWS, no HTTP and no clock here: the caller supplies the facts and the time. Each
//! file holds one rule of the product and is named after it.

pub mod access;
pub mod address;
pub mod association;
pub mod catalog;
pub mod color;
pub mod company;
pub mod condition;
pub mod contact;
pub mod conversation;
pub mod desk;
pub mod duplicate;
pub mod filter;
pub mod form;
pub mod history;
pub mod id;
pub mod likeness;
pub mod limit;
pub mod list;
pub mod logo;
pub mod mark;
pub mod nearness;
pub mod order;
pub mod projection;
pub mod reply;
pub mod search;
pub mod sentence;
pub mod settings;
pub mod state;
pub mod support;
pub mod ticket;
pub mod timeline;
pub mod timestamp;
pub mod turn;
pub mod visibility;
