//! Settings as teammates write them: over the version that they saw, with an audit line for each change, and with
//! confirmations kept apart.

use crate::world::World;
use domain::{
    history::Actor,
    id::TeammateId,
    settings::{Fault, PortalSettings, Proof, RequiredSetting},
    timestamp::Timestamp,
};
use futures::future::join_all;
use std::time::Duration;
use store::{Signature, WriteError};

fn grace() -> Actor {
    Actor::Teammate { id: TeammateId::new("t-1").unwrap(), name: Some("Grace".into()) }
}

fn signature(second: u64) -> Signature {
    let at = "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap().plus(Duration::from_secs(second));
    Signature { by: grace(), at, mark: format!("s-{second}") }
}

fn with(settings: &PortalSettings, change: impl FnOnce(&mut PortalSettings)) -> PortalSettings {
    let mut settings = settings.clone();
    change(&mut settings);
    settings
}

#[tokio::test]
async fn settings_are_written_over_the_version_that_was_seen() {
    let world = World::empty().await;
    let seen = world.store.workspace().await.unwrap();
    assert_eq!((seen.settings_version, seen.settings.as_ref()), (0, &PortalSettings::default()));
    let first = with(&seen.settings, |it| it.sign_in_url = Some("https://app.vendor.example/login".into()));
    assert!(world.store.save_settings(&seen, &first, &signature(1)).await.unwrap());
    let second = with(&seen.settings, |it| it.enabled = true);
    let late = world.store.save_settings(&seen, &second, &signature(2)).await;
    assert!(matches!(late, Err(WriteError::Stale)), "{late:?}");

    let seen = world.store.workspace().await.unwrap();
    assert_eq!((seen.settings_version, seen.settings.as_ref()), (1, &first));
    assert!(!world.store.save_settings(&seen, &first, &signature(3)).await.unwrap(), "nothing is different");
    let none = with(&first, |it| it.sign_in_url = None);
    assert!(world.store.save_settings(&seen, &none, &signature(4)).await.unwrap());
    assert_eq!(*world.store.workspace().await.unwrap().settings, none);
    let lines = world.store.settings_changes().await.unwrap();
    let told: Vec<_> = lines.iter().map(|it| (it.at, it.change.after.as_str())).collect();
    assert_eq!(told, [(signature(4).at, None), (signature(1).at, Some("https://app.vendor.example/login"))]);
    assert!(lines.iter().all(|it| it.by == grace() && it.change.setting == "sign_in_url"));
}

#[tokio::test]
async fn of_many_writers_who_saw_the_same_one_wins() {
    let world = World::empty().await;
    let seen = world.store.workspace().await.unwrap();
    let save = async |n: u64| {
        let after = with(&seen.settings, |it| it.brand.name = Some(format!("Vendor {n}")));
        world.store.save_settings(&seen, &after, &signature(n)).await
    };
    let outcomes = join_all((0..8).map(save)).await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(world.store.workspace().await.unwrap().settings_version, 1);
    assert_eq!(world.store.settings_changes().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_import_makes_stale_what_somebody_has_seen() {
    let world = World::empty().await;
    let seen = world.store.workspace().await.unwrap();
    let imported = with(&seen.settings, |it| it.enabled = true);
    world.store.put_settings(&imported).await.unwrap();
    let late = world.store.save_settings(&seen, &with(&seen.settings, |it| it.enabled = true), &signature(1)).await;
    assert!(matches!(late, Err(WriteError::Stale)), "{late:?}");
    let seen = world.store.workspace().await.unwrap();
    assert_eq!((seen.settings_version, seen.settings.as_ref()), (1, &imported));
    world.store.put_settings(&PortalSettings::default()).await.unwrap();
    assert_eq!(world.store.workspace().await.unwrap().settings_version, 2);
}

#[tokio::test]
async fn checks_at_once_confirm_all_that_pass_and_make_nothing_stale() {
    let world = World::empty().await;
    let seen = world.store.workspace().await.unwrap();
    let check = async |(n, setting)| world.store.record_check(setting, Ok(()), &signature(n)).await;
    for outcome in join_all((1..).zip(RequiredSetting::ALL).map(check)).await {
        outcome.unwrap();
    }
    let file = world.store.settings_file().await.unwrap();
    assert_eq!(file.workspace.settings.confirmed, RequiredSetting::ALL.into());
    assert_eq!(file.workspace.settings_version, 0);
    let lines = world.store.settings_changes().await.unwrap();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let after = with(&seen.settings, |it| it.enabled = true);
    assert!(world.store.save_settings(&seen, &after, &signature(9)).await.unwrap());
    assert!(world.store.workspace().await.unwrap().settings.portal_is_on());
}

#[tokio::test]
async fn a_check_that_fails_is_remembered_until_one_passes_and_takes_nothing_back() {
    let world = World::empty().await;
    let setting = RequiredSetting::CookieForwarding;
    let fault = Fault { problem: "It did not come back.".into(), mend: "Let it through.".into() };
    world.store.record_check(setting, Ok(()), &signature(1)).await.unwrap();
    world.store.record_check(setting, Err(fault.clone()), &signature(2)).await.unwrap();
    let file = world.store.settings_file().await.unwrap();
    let proof = Proof { confirmed: Some((signature(1).at, grace())), fault: Some(fault) };
    assert_eq!(file.proofs, [(setting, proof)].into());
    assert_eq!((file.failed(), &file.workspace.settings.confirmed), ([setting].into(), &[setting].into()));
    world.store.record_check(setting, Ok(()), &signature(3)).await.unwrap();
    let file = world.store.settings_file().await.unwrap();
    assert_eq!(file.proofs[&setting], Proof { confirmed: Some((signature(3).at, grace())), fault: None });
    assert_eq!(world.store.settings_changes().await.unwrap().len(), 1, "it was confirmed once");
}

#[tokio::test]
async fn settings_that_nothing_is_confirmed_of_yet_can_be_confirmed_however_they_were_written() {
    let world = World::empty().await;
    // An empty list, as earlier versions wrote it.
    world.store.put_settings(&PortalSettings::default()).await.unwrap();
    world.store.record_check(RequiredSetting::CustomDomain, Ok(()), &signature(1)).await.unwrap();
    assert_eq!(world.store.workspace().await.unwrap().settings.confirmed, [RequiredSetting::CustomDomain].into());
}

#[tokio::test]
async fn people_are_read_page_by_page_with_the_companies_they_are_in() {
    let world = World::new().await;
    for (id, companies) in [("p-1", &["a", "b"][..]), ("p-2", &[]), ("p-3", &["c"])] {
        world.person(id, companies).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.people(after.as_deref(), 2).await.unwrap();
        seen.extend(page.people.into_iter().map(|(contact, companies)| {
            (contact.id.to_string(), companies.into_iter().map(|it| it.name).collect::<Vec<_>>().join("+"))
        }));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected = [("p-1", "A+B"), ("p-2", ""), ("p-3", "C")].map(|(id, of)| (id.to_owned(), of.to_owned()));
    assert_eq!(seen, expected);
}
