//! Who appears in the demo data: an invented vendor, its customers, and the people who work there.

use super::scenarios::{ARABIC, DANISH, GERMAN, JAPANESE, POLISH, PORTUGUESE, Scenario};

/// The vendor whose support team runs the portal: shipping and warehouse software, sold to companies.
pub const VENDOR: &str = "Quayhaven Freight Cloud";
/// Its colour, dark enough for white text on it.
pub const VENDOR_COLOR: &str = "#0f5f66";

/// The support reps, as (id, name).
pub const TEAMMATES: &[(&str, &str)] = &[
    ("t-ngozi", "Ngozi Eze"),
    ("t-mikkel", "Mikkel Aas"),
    ("t-nadia", "Nadia Benali"),
    ("t-rui", "Rui Tavares"),
    ("t-ellen", "Ellen Brandt"),
];

/// A contact, for the page that lets a developer sign in as anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The contact's id.
    pub contact: &'static str,
    /// The contact's name.
    pub name: &'static str,
    /// One sentence: what they will see.
    pub what: &'static str,
}

/// A teammate, for the same page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The teammate's id.
    pub id: &'static str,
    /// The teammate's name.
    pub name: &'static str,
    /// The customers whose tickets they usually answer.
    pub customers: String,
}

/// Every teammate of the demo data.
#[must_use]
pub fn teammates() -> Vec<Colleague> {
    let customers = |rep: &str| -> Vec<_> { CUSTOMERS.iter().filter(|it| it.rep == rep).map(|it| it.name).collect() };
    TEAMMATES.iter().map(|(id, name)| Colleague { id, name, customers: customers(id).join(", ") }).collect()
}

/// Every contact of the demo data, the instructive ones first.
#[must_use]
pub fn people() -> Vec<Person> {
    CONTACTS.iter().map(|it| Person { contact: it.id, name: it.name, what: it.what }).collect()
}

/// A customer of the vendor.
#[derive(Debug)]
pub struct Customer {
    pub id: &'static str,
    pub name: &'static str,
    /// The teammate who usually answers, and always in the customer's language.
    pub rep: &'static str,
    /// Its warehouses, as its people call them.
    pub sites: &'static [&'static str],
    /// How many tickets it has, hidden ones among them.
    pub tickets: usize,
    /// Whether customers may see any of them.
    pub visible: bool,
    /// What its people write in their own language, if they do.
    pub local: &'static [Scenario],
}

/// Every customer.
pub const CUSTOMERS: &[Customer] = &[
    Customer {
        id: "acme",
        name: "Acme Industrial Supply",
        rep: "t-ngozi",
        sites: &["Leeds DC", "Rotterdam 2", "Gdansk", "Lyon Sud"],
        tickets: 152,
        visible: true,
        local: &[],
    },
    Customer {
        id: "bluepeak",
        name: "Bluepeak Outdoor",
        rep: "t-rui",
        sites: &["Inverness", "Porto", "Hall C"],
        tickets: 71,
        visible: true,
        local: &[],
    },
    // An id with everything that a path, a query or a key could stumble over.
    Customer {
        id: "Møller & Sønner #1",
        name: "Møller & Sønner A/S",
        rep: "t-mikkel",
        sites: &["Aarhus Havn", "Ålborg"],
        tickets: 52,
        visible: true,
        local: DANISH,
    },
    Customer {
        id: "verdant-grocers",
        name: "Verdant Grocers Co-operative",
        rep: "t-ngozi",
        sites: &["Cork Marina", "Limerick"],
        tickets: 43,
        visible: true,
        local: &[],
    },
    Customer {
        id: "waha-dist",
        name: "شركة واحة الميناء للتوزيع",
        rep: "t-nadia",
        sites: &["جبل الرمال", "الميناء الشرقي"],
        tickets: 36,
        visible: true,
        local: ARABIC,
    },
    Customer {
        id: "hoshizora",
        name: "ほしぞら部品物流",
        rep: "t-ellen",
        sites: &["川崎センター", "神戸倉庫"],
        tickets: 25,
        visible: true,
        local: JAPANESE,
    },
    Customer {
        id: "55-004417",
        name: "Tannhaus Papier GmbH",
        rep: "t-ellen",
        sites: &["Halle Nord", "Halle Süd"],
        tickets: 22,
        visible: true,
        local: GERMAN,
    },
    Customer {
        id: "jutrzenka",
        name: "Meble Jutrzenka sp. z o.o.",
        rep: "t-mikkel",
        sites: &["Łódź", "Magazyn Północ"],
        tickets: 17,
        visible: true,
        local: POLISH,
    },
    Customer {
        id: "orbita",
        name: "Órbita Cosméticos Ltda",
        rep: "t-rui",
        sites: &["Campinas", "Recife"],
        tickets: 14,
        visible: true,
        local: PORTUGUESE,
    },
    Customer {
        id: "pilot-ridge",
        name: "Pilot Ridge Breweries",
        rep: "t-ngozi",
        sites: &["Brewhouse", "Cellar 2"],
        tickets: 5,
        visible: false,
        local: &[],
    },
];

/// Tickets of no company.
pub const TICKETS_WITHOUT_COMPANY: usize = 16;

/// Somebody who works at a customer, or at none.
#[derive(Debug)]
pub struct Contact {
    pub id: &'static str,
    pub name: &'static str,
    /// How the vendor's support addresses them.
    pub called: &'static str,
    pub email: Option<&'static str>,
    pub companies: &'static [&'static str],
    /// What they will see.
    what: &'static str,
}

const fn contact(
    id: &'static str,
    (name, called): (&'static str, &'static str),
    email: Option<&'static str>,
    companies: &'static [&'static str],
    what: &'static str,
) -> Contact {
    Contact { id, name, called, email, companies, what }
}

const ACME: &[&str] = &["acme"];
const BLUEPEAK: &[&str] = &["bluepeak"];
const MOLLER: &[&str] = &["Møller & Sønner #1"];
const VERDANT: &[&str] = &["verdant-grocers"];
const WAHA: &[&str] = &["waha-dist"];
const HOSHIZORA: &[&str] = &["hoshizora"];
const TANNHAUS: &[&str] = &["55-004417"];
const JUTRZENKA: &[&str] = &["jutrzenka"];
const ORBITA: &[&str] = &["orbita"];

const ALL_OF_ACME: &str = "Sees all of Acme's tickets, about 140 of them.";
const ALL_OF_BLUEPEAK: &str = "Sees all of Bluepeak's tickets.";
const ALL_OF_MOLLER: &str = "Sees all tickets of a company whose id is hard to put into an address.";
const ALL_OF_VERDANT: &str = "Sees all of Verdant's tickets.";
const ALL_OF_WAHA: &str = "Sees all tickets of Waha, half of them written in Arabic.";
const ALL_OF_HOSHIZORA: &str = "Sees all of Hoshizora's tickets, some of them in Japanese.";
const ALL_OF_TANNHAUS: &str = "Sees all of Tannhaus' tickets: fewer than one page.";

/// Every contact, the instructive ones first.
pub const CONTACTS: &[Contact] = &[
    contact("u-priya", ("Priya Raman", "Priya"), Some("priya.raman@acme.example"), ACME, ALL_OF_ACME),
    contact(
        "u-samira",
        ("Samira Osei", "Samira"),
        Some("samira@osei-logistics.example"),
        &["acme", "bluepeak", "verdant-grocers"],
        "In three companies: sees the tickets of all three in one list, and can filter by company.",
    ),
    contact("u-yousef", ("يوسف الهاشمي", "يوسف"), Some("yousef@waha-dist.example"), WAHA, ALL_OF_WAHA),
    contact(
        "usr|søren møller/1",
        ("Søren Møller", "Søren"),
        Some("soren@moller-sonner.example"),
        MOLLER,
        "Has an id of odd characters himself, and sees all tickets of Møller & Sønner.",
    ),
    contact(
        "u-viktor",
        ("Viktor Hallström", "Viktor"),
        Some("viktor@hallstrom-consulting.example"),
        &[],
        "In no company: is told so, and still finds his own tickets in the tickets space.",
    ),
    contact("u-ebele", ("Ebele Nwosu", "Ebele"), None, ACME, "Has no e-mail address: is told so."),
    contact(
        "u-marisol",
        ("Marisol Quintana", "Marisol"),
        Some("marisol@pilotridge.example"),
        &["pilot-ridge"],
        "Her company has tickets, none of which customers may see: is told that there are none.",
    ),
    contact("u-kai", ("Kai Nakoa", "Kai"), None, &[], "Has neither an e-mail address nor a company: is told both."),
    contact(
        "u-freja",
        ("Freja Sønderby", "Freja"),
        Some("freja@moller-sonner.example"),
        &["Møller & Sønner #1", "55-004417"],
        "In two companies, one with an awkward id and one with a number for an id: can filter by company.",
    ),
    contact("u-misaki", ("田中 美咲", "田中"), Some("misaki@hoshizora.example"), HOSHIZORA, ALL_OF_HOSHIZORA),
    contact("u-tomas", ("Tomás Echeverría", "Tomás"), Some("tomas.echeverria@acme.example"), ACME, ALL_OF_ACME),
    contact("u-deshawn", ("Deshawn Carter", "Deshawn"), Some("deshawn.carter@acme.example"), ACME, ALL_OF_ACME),
    contact("u-meiling", ("Mei-Ling Zhao", "Mei-Ling"), Some("meiling.zhao@acme.example"), ACME, ALL_OF_ACME),
    contact("u-ola", ("Olamide Adeyemi", "Olamide"), Some("olamide.adeyemi@acme.example"), ACME, ALL_OF_ACME),
    contact("u-hanna", ("Hanna Lindqvist", "Hanna"), Some("hanna.lindqvist@acme.example"), ACME, ALL_OF_ACME),
    contact("u-bea", ("Béatrice Fontaine", "Béatrice"), Some("beatrice.fontaine@acme.example"), ACME, ALL_OF_ACME),
    contact("u-callum", ("Callum Fraser", "Callum"), Some("callum@bluepeak.example"), BLUEPEAK, ALL_OF_BLUEPEAK),
    contact("u-noor", ("Noor Haddad", "Noor"), Some("noor@bluepeak.example"), BLUEPEAK, ALL_OF_BLUEPEAK),
    contact("u-ines", ("Inês Carvalho", "Inês"), Some("ines@bluepeak.example"), BLUEPEAK, ALL_OF_BLUEPEAK),
    contact("u-jack", ("Jack Thornbury", "Jack"), Some("jack@bluepeak.example"), BLUEPEAK, ALL_OF_BLUEPEAK),
    contact("u-lars", ("Lars-Erik Dahl", "Lars-Erik"), Some("lars-erik@moller-sonner.example"), MOLLER, ALL_OF_MOLLER),
    contact("u-siobhan", ("Siobhán Kearney", "Siobhán"), Some("siobhan@verdant.example"), VERDANT, ALL_OF_VERDANT),
    contact("u-dmitri", ("Dmitri Petrenko", "Dmitri"), Some("dmitri@verdant.example"), VERDANT, ALL_OF_VERDANT),
    contact(
        "u-rosalind",
        ("Rosalind van der Achterberg-Whitcombe", "Rosalind"),
        Some("rosalind@verdant.example"),
        VERDANT,
        ALL_OF_VERDANT,
    ),
    contact("u-layla", ("ليلى منصور", "ليلى"), Some("layla@waha-dist.example"), WAHA, ALL_OF_WAHA),
    contact("u-omar", ("Omar Khalil", "Omar"), Some("omar@waha-dist.example"), WAHA, ALL_OF_WAHA),
    contact("u-kenji", ("Kenji Watari", "Kenji"), Some("kenji@hoshizora.example"), HOSHIZORA, ALL_OF_HOSHIZORA),
    contact("u-juergen", ("Jürgen Weißhaupt", "Jürgen"), Some("jw@tannhaus.example"), TANNHAUS, ALL_OF_TANNHAUS),
    contact(
        "u-lukasz",
        ("Łukasz Wójcik", "Łukasz"),
        Some("lukasz@jutrzenka.example"),
        JUTRZENKA,
        "Sees all of Jutrzenka's tickets: a short list.",
    ),
    contact(
        "u-agnieszka",
        ("Agnieszka Żurawska", "Agnieszka"),
        Some("agnieszka@jutrzenka.example"),
        JUTRZENKA,
        "Sees all of Jutrzenka's tickets: a short list.",
    ),
    contact(
        "u-joao",
        ("João Batista Nogueira", "João"),
        Some("joao@orbita.example"),
        ORBITA,
        "Sees all of Órbita's tickets: a short list.",
    ),
    contact(
        "u-thais",
        ("Thaís Moreira", "Thaís"),
        Some("thais@orbita.example"),
        ORBITA,
        "Sees all of Órbita's tickets: a short list.",
    ),
];
