//! Who sees what, over random walks of customers and a teammate: after every few steps each surface shows each contact what a
//! model says, which knows the rules of docs/product.md and nothing of how tickets are kept.

use e2e::{Site, read, scene};
use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [&str; 4] = ["ada", "abe", "bob", "cem"];
/// Tickets, each with its company, its requester, its type, and who takes part in its conversation.
const TICKETS: [(&str, &str, &str, &str, &[&str]); 6] = [
    ("w-1", "acme", "ada", "bug", &["ada", "abe"]),
    ("w-2", "acme", "abe", "bug", &[]),
    ("w-3", "acme", "cem", "bug", &["cem"]),
    ("w-4", "beta", "bob", "bug", &["bob"]),
    ("w-5", "beta", "cem", "bug", &[]),
    ("w-6", "acme", "ada", "task", &[]),
];

#[derive(Debug, Clone)]
struct Known {
    company: &'static str,
    requester: &'static str,
    /// Whether customers see it at all.
    shared: bool,
    private: bool,
    /// Who takes part in its conversation, if it has one.
    people: Option<BTreeSet<&'static str>>,
    followers: BTreeSet<&'static str>,
    repeats: Option<&'static str>,
}

struct World {
    site: Site,
    tickets: BTreeMap<&'static str, Known>,
    members: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Whether everybody sees only what they created.
    restrict: bool,
    /// By contact and address: the answer that they have, and its tag.
    kept: BTreeMap<(&'static str, String), (String, Value)>,
    /// How long to wait until an answer of before is not taken for the present one, in seconds. What is set for the whole portal
    /// has no mark.
    pause: i64,
}

impl World {
    async fn new() -> Self {
        // Nothing else is in these companies.
        let is_ours = |line: &Value| !["ticket", "conversation", "settings"].contains(&line["kind"].as_str().unwrap());
        let mut lines: Vec<_> = scene::lines().into_iter().filter(is_ours).collect();
        lines.push(scene::reporting());
        for (number, (id, company, who, of, people)) in (1..).zip(TICKETS) {
            let mut line = scene::ticket(id, number, Some(company), who, "new", "2026-11-10T10:00:00Z");
            (line["title"], line["type"]) = (json!(format!("Wobbly pump {id}")), json!(of));
            if !people.is_empty() {
                lines.push(scene::conversation(&format!("c-{id}"), people));
                line["conversation"] = json!(format!("c-{id}"));
            }
            lines.push(line);
        }
        let tickets = TICKETS.map(|(id, company, requester, of, people)| {
            let people = (!people.is_empty()).then(|| people.iter().copied().collect());
            let shared = of == "bug";
            (
                id,
                Known { company, requester, shared, private: false, people, followers: BTreeSet::new(), repeats: None },
            )
        });
        let members =
            [("ada", vec!["acme"]), ("abe", vec!["acme"]), ("bob", vec!["beta"]), ("cem", vec!["acme", "beta"])];
        let members = members.map(|(who, of)| (who, of.into_iter().collect())).into();
        let site = Site::with(&lines).await;
        Self { site, tickets: tickets.into(), members, restrict: false, kept: BTreeMap::new(), pause: 60 }
    }

    fn sees(&self, who: &str, id: &str) -> bool {
        let it = &self.tickets[id];
        let of_company = !it.private && !self.restrict && self.members[who].contains(it.company);
        it.shared && (it.requester == who || of_company)
    }

    /// Whether they may enter: a company of theirs has a ticket that its members see, or one that they keep private.
    fn enters(&self, who: &str) -> bool {
        let theirs = |it: &&Known| it.shared && self.members[who].contains(it.company);
        self.tickets.values().filter(theirs).any(|it| !it.private || it.requester == who)
    }

    async fn contact(&self, who: &str, method: Method, path: &str, body: &Value) -> u16 {
        let request = self.site.request(method, path).bearer_auth(self.site.token(who)).json(body);
        request.send().await.unwrap().status().as_u16()
    }

    async fn version(&self, id: &str) -> Value {
        self.site.desk_get(&format!("/tickets/{id}")).await.1["version"].clone()
    }

    async fn step(&mut self, rng: &mut Rng) {
        let id = TICKETS[rng.usize(..TICKETS.len())].0;
        let who = PEOPLE[rng.usize(..PEOPLE.len())];
        let on = rng.bool();
        match rng.u8(..8) {
            0 | 1 => {
                let requester = self.tickets[id].requester;
                let path = format!("/api/tickets/{id}/private");
                let status = self.contact(requester, Method::PUT, &path, &json!({"private": on})).await;
                assert_eq!(status, if self.sees(requester, id) { 200 } else { 404 }, "{requester} {id}");
                if status == 200 {
                    self.tickets.get_mut(id).unwrap().private = on;
                }
            }
            2 => {
                let body = json!({"version": self.version(id).await, "shared": on});
                assert_eq!(self.site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &body).await.0, 200);
                if id == "w-6" {
                    self.tickets.get_mut(id).unwrap().shared = on;
                }
            }
            3 => self.follow(who, id, on).await,
            4 => {
                let to = if on { "acme" } else { "beta" };
                let body = json!({"company": to, "version": self.version(id).await});
                let path = format!("/tickets/{id}/company");
                if self.site.desk_send(Method::PUT, &path, &body).await.0 == 200 {
                    self.tickets.get_mut(id).unwrap().company = to;
                }
            }
            5 => {
                let of = [&["acme", "beta"][..], &["acme"], &["beta"]][rng.usize(..3)];
                let body = json!({"id": "cem", "name": "Cem Can", "email": "cem@people.example", "companies": of});
                assert_eq!(self.site.desk_send(Method::PUT, "/contacts", &body).await.0, 200);
                self.members.insert("cem", of.iter().copied().collect());
            }
            6 => {
                let other = TICKETS[rng.usize(..TICKETS.len())].0;
                self.mark(id, other, on).await;
            }
            _ => {
                (self.restrict, self.pause) = (on, 301);
                let mut settings = scene::reporting();
                settings["visibility"]["restrict"] = json!(on);
                e2e::load(&self.site.store, &[settings]).await;
            }
        }
    }

    async fn follow(&mut self, who: &'static str, id: &'static str, on: bool) {
        // Who may not enter sees what they created alone.
        let sees = self.sees(who, id) && (self.enters(who) || self.tickets[id].requester == who);
        let status =
            self.contact(who, Method::PUT, &format!("/api/tickets/{id}/follow"), &json!({"following": on})).await;
        assert_eq!(status, if sees { 200 } else { 404 }, "{who} {id}");
        let followers = &mut self.tickets.get_mut(id).unwrap().followers;
        match (sees, on) {
            (true, true) => drop(followers.insert(who)),
            (true, false) => drop(followers.remove(who)),
            (false, _) => {}
        }
    }

    /// Says that a ticket repeats another one, or takes it back.
    async fn mark(&mut self, id: &'static str, other: &'static str, on: bool) {
        let of = if on { json!(other) } else { Value::Null };
        let body = json!({"of": of, "version": self.version(id).await});
        let (status, _) = self.site.desk_send(Method::PUT, &format!("/tickets/{id}/duplicate"), &body).await;
        if !on {
            assert_eq!(status, 200);
            self.tickets.get_mut(id).unwrap().repeats = None;
        }
        if !on || status != 200 {
            return;
        }
        let known = self.tickets[id].clone();
        self.tickets.get_mut(id).unwrap().repeats = Some(other);
        let taking_part: BTreeSet<_> = known.people.into_iter().flatten().chain([known.requester]).collect();
        for who in taking_part.union(&known.followers).copied() {
            let enters = self.enters(who);
            let sees = self.sees(who, other) && enters && self.tickets[other].requester != who;
            let original = self.tickets.get_mut(other).unwrap();
            match original.people.as_mut().filter(|_| taking_part.contains(who)) {
                Some(people) if sees => drop(people.insert(who)),
                None if sees => drop(original.followers.insert(who)),
                _ => {}
            }
        }
    }

    /// Compares everything that one contact is shown with the model.
    async fn look(&mut self, who: &'static str) {
        self.site.fed().await;
        let seen: BTreeSet<_> = self.tickets.keys().copied().filter(|id| self.sees(who, id)).collect();
        let listed: BTreeSet<_> =
            seen.iter().copied().filter(|id| self.members[who].contains(self.tickets[id].company)).collect();
        let enters = self.enters(who);
        let ids = |found: &Value| -> BTreeSet<String> {
            found["tickets"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
        };
        let expected: BTreeSet<String> = listed.iter().map(|it| (*it).to_owned()).collect();
        for path in ["/api/tickets?limit=100", "/api/tickets?q=pump", "/api/tickets?sort=title"] {
            let (status, found) = self.ask(who, path).await;
            assert_eq!(status, if enters { 200 } else { 403 }, "{who} {path}: {found} {:?}", self.tickets);
            if !enters {
                continue;
            }
            assert_eq!(ids(&found), expected, "{who} {path}");
            let turns: u64 = found["turns"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum();
            assert_eq!((found["counts"]["all"].as_u64().unwrap(), turns), (listed.len() as u64, listed.len() as u64));
        }
        let (_, similar) = self.ask(who, "/api/tickets/similar?text=pumps+wobble").await;
        assert!(ids(&similar).is_subset(&expected), "{who}: {:?}", ids(&similar));
        assert_eq!(ids(&similar).len(), expected.len().min(5), "{who}");
        let (_, space) = self.ask(who, "/api/tickets-space").await;
        let takes_part = |id: &&&str| {
            let it = &self.tickets[**id];
            let is_of = it.people.as_ref().is_some_and(|people| people.contains(who)) || it.followers.contains(who);
            it.requester == who || is_of && enters
        };
        let of_space: BTreeSet<String> = seen.iter().filter(takes_part).map(|it| (*it).to_owned()).collect();
        assert_eq!(ids(&space), of_space, "{who}: the tickets space");
        if enters {
            let file = self.site.get_as(who, "/api/tickets/export").send().await.unwrap().text().await.unwrap();
            for id in self.tickets.keys() {
                assert_eq!(file.contains(&format!("pump {id}")), listed.contains(id), "{who} {id}: the export");
            }
        }
        for id in self.tickets.keys().copied().collect::<Vec<_>>() {
            let status = if !enters { 403 } else { if seen.contains(id) { 200 } else { 404 } };
            for path in ["", "/timeline", "/people"].map(|it| format!("/api/tickets/{id}{it}")) {
                let (answered, ticket) = self.ask(who, &path).await;
                assert_eq!(answered, status, "{who} {path}");
                if status == 200 && path.ends_with(id) {
                    let known = &self.tickets[id];
                    let original = known.repeats.filter(|it| seen.contains(it));
                    assert_eq!(ticket["duplicate_of"]["id"].as_str(), original, "{who} {id}");
                    assert_eq!(ticket["following"], known.followers.contains(who), "{who} {id}");
                    for other in self.tickets.keys().filter(|it| !seen.contains(*it)) {
                        assert!(!ticket.to_string().contains(other), "{who} {id} tells of {other}: {ticket}");
                    }
                }
            }
            let page = self.site.get_as(who, &format!("/tickets/{id}")).send().await.unwrap();
            assert_eq!(page.status(), status, "{who} {id}: the page");
        }
        // Teammates see all of it.
        let (_, found) = self.site.desk_get("/search?q=pump").await;
        assert_eq!(found["results"].as_array().unwrap().len(), TICKETS.len());
    }

    /// Asks with the tag of what they were told before: "not modified" has to be true.
    async fn ask(&mut self, who: &'static str, path: &str) -> (u16, Value) {
        let place = (who, path.to_owned());
        let request = self.site.get_as(who, path);
        let request = match self.kept.get(&place) {
            Some((tag, _)) => request.header("if-none-match", tag),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let tag = answer.headers().get("etag").map(|it| it.to_str().unwrap().to_owned());
        let (status, body) = read(answer).await;
        if status == 304 {
            return (200, self.kept[&place].1.clone());
        }
        if let Some(tag) = tag {
            self.kept.insert(place, (tag, body.clone()));
        }
        (status.as_u16(), body)
    }
}

async fn walk(seed: u64) {
    let (mut rng, mut world) = (Rng::with_seed(seed), World::new().await);
    for _ in 0..16 {
        for _ in 0..3 {
            world.step(&mut rng).await;
        }
        // Long enough for marks to count, so that the next question can be answered by them.
        world.site.wait(std::mem::replace(&mut world.pause, 60));
        world.look(PEOPLE[rng.usize(..PEOPLE.len())]).await;
    }
    world.site.assert_clean().await;
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn every_surface_shows_everybody_what_they_may_see_and_nothing_else() {
    for seed in 0..3 {
        walk(seed).await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn and_so_it_does_on_other_walks() {
    for seed in 10..13 {
        walk(seed).await;
    }
}
