//! How often the right ticket is among the first three that look alike (docs/product.md, Look-alikes): sixty pairs in three
//! languages, told in other words (`tests/e2e/pairs`), among two thousand other tickets of the same company. Once with the
//! index of vectors, and once in a table without.

use domain::{
    history::{Actor, Change, Event},
    id::TicketId,
    ticket::Ticket,
    timestamp::Timestamp,
};
use e2e::{
    Site,
    scene::{self, made},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{TABLE, TicketWrite};

const OTHERS: usize = 2000;
/// Of sixty.
const LEAST: usize = 54;
const LEAST_BY_WORDS: usize = 45;

const PAIRS: &str = include_str!("../../pairs/pairs.ndjson");

/// What the other tickets are about: things, and what is wrong with them, in each language.
const THINGS: [&[&str]; 3] = [
    &[
        "pallet",
        "customs form",
        "warehouse map",
        "driver app",
        "price list",
        "order template",
        "supplier portal",
        "packing station",
        "quality check",
        "tracking page",
        "user profile",
        "archive",
        "contract",
        "shift plan",
        "loading dock",
        "return slip",
        "voucher",
        "product photo",
        "size chart",
        "bank transfer",
        "report",
        "invoice",
        "calendar",
        "address",
        "customer",
    ],
    &[
        "Palette",
        "Zollformular",
        "Lagerplan",
        "Fahrer-App",
        "Preisliste",
        "Bestellvorlage",
        "Lieferantenportal",
        "Packplatz",
        "Qualitätskontrolle",
        "Sendungsverfolgung",
        "Benutzerprofil",
        "Archiv",
        "Vertrag",
        "Schichtplan",
        "Laderampe",
        "Rücksendeschein",
        "Gutschein",
        "Produktfoto",
        "Größentabelle",
        "Überweisung",
        "Bericht",
        "Rechnung",
        "Kalender",
        "Adresse",
        "Kunde",
    ],
    &[
        "パレット",
        "税関書類",
        "倉庫地図",
        "運転手アプリ",
        "価格表",
        "注文書式",
        "仕入先画面",
        "梱包台",
        "品質検査",
        "追跡画面",
        "利用者情報",
        "保管庫",
        "契約書",
        "勤務表",
        "荷積場",
        "返送票",
        "割引券",
        "商品写真",
        "寸法表",
        "銀行振込",
        "報告書",
        "請求書",
        "カレンダー",
        "住所",
        "顧客",
    ],
];
const TROUBLES: [&[&str]; 3] = [
    &[
        "cannot be opened",
        "is shown in the wrong language",
        "was deleted by mistake",
        "needs another column",
        "does not update",
        "is missing a logo",
        "should be sorted by name",
        "shows an old value",
        "asks for a password each time",
        "is not printed in colour",
        "has a typing error",
        "must be moved to another company",
        "blocks the whole page",
        "is too wide for the screen",
    ],
    &[
        "lässt sich nicht öffnen",
        "erscheint in der falschen Sprache",
        "wurde versehentlich gelöscht",
        "braucht eine weitere Spalte",
        "aktualisiert sich nicht",
        "hat kein Logo",
        "sollte nach Namen sortiert sein",
        "zeigt einen alten Wert",
        "fragt jedes Mal nach dem Passwort",
        "wird nicht farbig gedruckt",
        "enthält einen Tippfehler",
        "muss zu einer anderen Firma",
        "blockiert die ganze Seite",
        "ist zu breit für den Bildschirm",
    ],
    &[
        "を開けない",
        "が別の言語で表示される",
        "を誤って削除した",
        "に列を追加したい",
        "が更新されない",
        "に社名がない",
        "を名前順にしたい",
        "が古い値を表示する",
        "で毎回パスワードを求められる",
        "が白黒で印刷される",
        "に誤字がある",
        "を別会社に移したい",
        "が画面全体を塞ぐ",
        "が画面より広い",
    ],
];
const MORE: [&[&str]; 3] = [
    &[
        "It has been so since last week.",
        "Several colleagues in the office see the same.",
        "We need it for the month end, please have a look.",
        "Nothing was changed on our side.",
        "It happens on all computers and phones.",
        "A restart did not help.",
    ],
    &[
        "Das ist seit letzter Woche so.",
        "Mehrere Kollegen im Büro sehen dasselbe.",
        "Wir brauchen es zum Monatsende, bitte ansehen.",
        "Bei uns wurde nichts geändert.",
        "Es passiert auf allen Rechnern und Handys.",
        "Ein Neustart hat nicht geholfen.",
    ],
    &[
        "先週から続いています。",
        "事務所の同僚も同じです。",
        "月末に必要ですので確認をお願いします。",
        "当方では何も変更していません。",
        "全ての端末で発生します。",
        "再起動しても直りません。",
    ],
];

fn ticket(n: usize, title: &str, message: &str) -> Ticket {
    let mut it = made(&format!("t-{n}"), title);
    it.row.number = 10_000 + n as u64;
    // In an order that has nothing to do with what they are about.
    it.row.created_at = Timestamp::from_millis(1_760_000_000_000 + (n as i64 * 7919 % 2003) * 60_000).unwrap();
    it.row.updated_at = it.row.created_at;
    it.row.id = TicketId::new(format!("t-{n}")).unwrap();
    it.description = message.into();
    it.company_name = Some("Acme".into());
    it
}

fn text(pair: &Value, which: &str, what: &str) -> String {
    pair[which][what].as_str().unwrap().to_owned()
}

fn other(n: usize) -> (String, String) {
    let language = n % 3;
    let of = |words: &[&'static str], n: usize| words[n % words.len()];
    let (thing, trouble) = (of(THINGS[language], n / 3), of(TROUBLES[language], n / 75));
    let title = if language == 2 { format!("{thing}{trouble}") } else { format!("{thing} {trouble}") };
    (title, format!("{} {}", of(MORE[language], n / 5), of(MORE[language], n / 11)))
}

#[tokio::test]
async fn of_sixty_problems_told_in_other_words_most_are_among_the_first_three() {
    let site = Site::unfed(&scene::lines()).await;
    e2e::load(&site.store, &[scene::reporting()]).await;
    let pairs: Vec<Value> = PAIRS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pairs.len(), 60);
    let known = pairs.iter().map(|pair| (text(pair, "known", "title"), text(pair, "known", "message")));
    let all = known.chain((0..OTHERS).map(other)).enumerate();
    let writes = all.map(|(n, (title, message))| {
        let ticket = ticket(n, &title, &message);
        let event = Event { at: ticket.row.created_at, by: Actor::System, change: Change::Created };
        TicketWrite::create(ticket, event)
    });
    site.fill(writes.collect()).await;
    let found = found(&site, &pairs, "by words and by nearness").await;
    assert!(found >= LEAST, "{found} of 60");

    let gone = json!({"TableName": "tickets", "VectorIndexUpdates": [{"Delete": {"IndexName": TABLE.vectors.name}}]});
    site.engine("UpdateTable", &gone).await;
    let found = self::found(&site, &pairs, "by words alone").await;
    assert!(found >= LEAST_BY_WORDS, "{found} of 60");
}

/// Reports all of them, and returns of how many the right one was among the first three.
async fn found(site: &Site, pairs: &[Value], how: &str) -> usize {
    let (mut first, mut among_three) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for (n, pair) in pairs.iter().enumerate() {
        let written = format!("{} {}", text(pair, "reported", "title"), text(pair, "reported", "message"));
        let query = [("text", written.as_str())];
        let answer = site.get_as("ada", "/api/tickets/similar").query(&query).send().await.unwrap();
        let (status, found) = e2e::read(answer).await;
        assert_eq!(status, 200, "{found}");
        let place = found["tickets"].as_array().unwrap().iter().position(|row| row["id"] == format!("t-{n}"));
        let language = pair["language"].as_str().unwrap();
        *first.entry(language).or_default() += usize::from(place == Some(0));
        *among_three.entry(language).or_default() += usize::from(place.is_some_and(|place| place < 3));
        if place.is_none_or(|place| place > 2) {
            println!("not found {how}: {} ({place:?})", pair["reported"]["title"]);
        }
    }
    let found = among_three.values().sum();
    println!("look-alikes {how}: {found} of 60 among the first three {among_three:?}, first {first:?}");
    found
}
