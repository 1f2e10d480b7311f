//! What people write to support: every text of the demo data, told as small scripts.
//!
//! A script is written to its happy or unhappy end. [`super::story`] plays it as far as a ticket has come, and fills in
//! the details in braces, so that the same trouble reads differently at each customer.

use super::catalog::Kind::{self, Access, Billing, Bug, Feature, Incident, Internal};
use Step::{Ask, Colleague, Decline, Done, Escalate, Fix, Look, Note, Them};

/// One kind of trouble, from the first message to the last.
#[derive(Debug)]
pub struct Scenario {
    /// The ticket type it becomes.
    pub kind: Kind,
    /// What the type's first list attribute says.
    pub topic: &'static str,
    /// Ways to put it in one line.
    pub titles: &'static [&'static str],
    /// What the requester wrote when they opened it.
    pub description: &'static str,
    /// What came after.
    pub steps: &'static [Step],
}

/// One thing that happens. Where the text is empty nobody writes, the ticket only changes its state.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The requester writes; a ticket that waited for them is taken up again.
    Them(&'static str),
    /// Somebody else at the same company joins and writes.
    Colleague(&'static str),
    /// Support asks the requester: the ticket waits on them.
    Ask(&'static str),
    /// Support is at it.
    Look(&'static str),
    /// Engineering is at it.
    Escalate(&'static str),
    /// It is repaired and not yet released.
    Fix(&'static str),
    /// It is done.
    Done(&'static str),
    /// It will not be done.
    Decline(&'static str),
    /// A teammate tells the other teammates. Customers must never read it.
    Note(&'static str),
}

const fn on(
    kind: Kind,
    topic: &'static str,
    titles: &'static [&'static str],
    description: &'static str,
    steps: &'static [Step],
) -> Scenario {
    Scenario { kind, topic, titles, description, steps }
}

/// For every customer.
pub const ENGLISH: &[Scenario] = &[
    // -- bugs: exports and reports
    on(
        Bug,
        "Exports",
        &[
            "Shipment export stops at {count} rows",
            "CSV export of {month} ends after {count} rows",
            "Export for {site} is cut off, last row is {shipment}",
        ],
        "Since {date} the shipment export ends after exactly {count} rows. The file downloads without an error, so \
            nobody noticed until finance compared it with the dashboard. The last complete row is {shipment}, \
            everything after it is missing.\n\nFilter: site {site}, all carriers, whole month.",
        &[
            Look(
                "Hi {first}, thank you for the row number, that makes it easy to find. I can see the job on our side \
                and I am comparing it with the database now.",
            ),
            Note(
                "Same symptom as the paging regression in {version}: the cursor is dropped when two shipments share \
                a timestamp. Do not promise a date yet, platform team is on the database upgrade until Thursday.",
            ),
            Escalate(
                "It is a defect: shipments that were booked in the same second can end the export early. \
                Engineering has the details. Until it is repaired, exporting week by week gives you every row.",
            ),
            Them("Week by week works, thanks. Finance closes on the 5th, it would help to have it by then."),
            Fix("The repair has passed its tests and goes out with the next release."),
            Done(
                "Released this morning. I ran your export again and it has all rows, could you compare it with the \
                dashboard once more?",
            ),
            Them("All there now. Thank you!"),
        ],
    ),
    on(
        Bug,
        "Exports",
        &[
            "Excel shows {sku} as a date in the inventory export",
            "SKU column turns into dates in the export of {month} ({site})",
        ],
        "We have SKUs like 3-12 and 10-11. When I open the inventory export in Excel they become 3 December and 10 \
            November. In the CSV itself they look right, but nobody here opens the CSV in anything but Excel.\n\n\
            Can the column be marked as text?",
        &[
            Ask("Hello {first}, I see what you mean. Would the XLSX format do instead of CSV? There the column is \
                typed as text, and Excel leaves it alone. It is in the format list of the export dialog."),
            Note(
                "XLSX writer is behind flag exports.xlsx, I turned it on for their tenant. Not announced before the \
                pricing page is updated, so please no screenshots to others.",
            ),
            Them("Didn't know that existed. Tried it, {sku} stays {sku}. Perfect."),
            Done("Wonderful. I have made XLSX the default for your workspace, the choice stays in the dialog."),
        ],
    ),
    on(
        Bug,
        "Dashboards",
        &["Dashboard says {n} open orders, list says none", "Open orders tile for {site} is wrong since {date}"],
        "The tile \"Open orders\" shows {n} for {site}. When I click on it the list is empty. My team lead plans the \
            shift by this number so it matters a bit 🙂",
        &[
            Ask("Hi {first}! Could you tell me which time zone your profile is set to, and whether a colleague sees \
                the same number?"),
            Them("Mine says Europe/Lisbon. A colleague has UTC and for her the tile is correct!"),
            Escalate(
                "That was the missing piece. The tile counts by the site's day and the list by yours. I have \
                handed it over with your example.",
            ),
            Note(
                "Known, ENG backlog since spring, rated low because only tenants with sites in several zones see it. \
                With this customer's renewal coming up I raised it to high.",
            ),
            Fix("Both will use the site's day from the next release on."),
            Done("It is live. The tile and the list now agree for {site}."),
        ],
    ),
    on(
        Bug,
        "Exports",
        &["Scheduled export of {site} did not arrive on {date}", "Nightly export missing again ({site})"],
        "the nightly export that goes to our SFTP server did not arrive. nothing in the folder, no mail about an \
            error either. the one from the day before is there.\n\nlast file: inventory_{link}.csv.gz",
        &[
            Look(
                "Good morning {first}, I can see the job was started at {time} and that your server closed the \
                connection after the login.",
            ),
            Ask("Has the host key of the SFTP server changed by any chance? We refuse to send data to a server that \
                presents an unknown key."),
            Them("IT says yes, they moved it to a new machine yesterday. Sorry about that."),
            Note(
                "We really should mail somebody when a host key changes. Third one this quarter, all of them blamed \
                us first.",
            ),
            Done(
                "No harm done. I have put in the new key that your IT sent, and ran the export by hand: the file of \
                {date} is in the folder now.",
            ),
        ],
    ),
    on(
        Bug,
        "Dashboards",
        &["Carrier performance report for {carrier} is empty", "No figures for {carrier} in {month}"],
        "The carrier report shows figures for everyone except {carrier}. We shipped about {count} parcels with them \
            in {month}. Screenshot is in the shared folder, I could not attach it here.",
        &[
            Look(
                "Thanks {first}. The parcels are there, only their delivery scans are not: {carrier} has sent no \
                tracking events to us since {date}. I have written to them.",
            ),
            Note(
                "{carrier} rotated their API credentials and the mail went to an address of somebody who left. \
                Account team to update the contact list, please not in front of the customer.",
            ),
            Colleague("Same in my report. I need it for the carrier review on Monday, is there a chance?"),
            Look(
                "They have answered and are sending the missing events again. It takes some hours until all of them \
                are in.",
            ),
            Done("All scans are in and the report is complete, including {month}."),
        ],
    ),
    // -- bugs: labels and printing
    on(
        Bug,
        "Labels",
        &[
            "{printer} prints every label twice",
            "Double labels on the {printer} at {site}",
            "Labels come out twice since the update to {version}",
        ],
        "Since this week every label comes out twice at packing station {n}. We throw one away but yesterday somebody \
            stuck the second one on another parcel and now two parcels have the same tracking number ({shipment}). \
            Please help quickly.",
        &[
            Ask("Hi {first}, sorry, that is nasty. Is the print agent on that station version {version}, and does it \
                happen with a test page as well? (Settings > Printers > Test.)"),
            Them("Version is {version}. Test page comes once."),
            Look(
                "Then it is not the printer. The station is registered twice after the update, and both \
                registrations get the label. I have removed the stale one, please try a label.",
            ),
            Note(
                "Agent updater registers again when the machine name has an umlaut or is longer than 15 characters. \
                I wrote a script for cleaning up, it is in the runbook. Not public.",
            ),
            Them("One label. 👍"),
            Done("Great. The agent will not do this again after its next update, which installs itself."),
        ],
    ),
    on(
        Bug,
        "Labels",
        &[
            "Label barcode not readable by {carrier} scanners",
            "{carrier} rejects our labels: barcode too small",
            "Unreadable barcodes from the {printer}",
        ],
        "{carrier} returned {n} parcels yesterday because their scanner cannot read our labels. To the eye they look \
            fine. Printer is a {printer}, 203 dpi, labels 100x150.",
        &[
            Ask("Hello {first}, could you print one label as PDF and send me the tracking number? I would like to \
                measure the bars."),
            Them("Tracking number is {shipment}."),
            Escalate(
                "Thank you. At 203 dpi the narrow bars come out one dot too thin, it is our rendering. Setting \
                the printer to the 200 % template makes them readable in the meantime.",
            ),
            Note(
                "Rounding in the label renderer, float to dots. Three more customers on the same model. If {carrier} \
                asks for penalty payments route them to Ellen.",
            ),
            Fix("The renderer now rounds to whole dots. It goes out on Tuesday."),
            Done("Released. {carrier} has confirmed that the labels of this morning scan at the first try."),
            Them(
                "Confirmed from our side too. We would like to know how to claim the return costs, but that is \
                another ticket.",
            ),
        ],
    ),
    on(
        Bug,
        "Labels",
        &[
            "Ö and ø missing on address labels ({site})",
            "Special characters print as squares on the {printer}",
            "Customer names with accents are printed as ?? at {site}",
        ],
        "Receivers with special characters get labels like \"S??ren Kj?r\". On screen everything is right: Søren \
            Kjær, Kovačević, Łódź, Île-de-France. Only on paper it is wrong, only at {site}.",
        &[
            Look(
                "Hi {first}, this usually is a printer that has fallen back to its built-in font. I will check what \
                we send.",
            ),
            Ask(
                "We do send Unicode. Could somebody print the configuration page of the {printer} (hold Feed for five \
                seconds) and tell me what stands behind \"Code page\"?",
            ),
            Them("It says 437."),
            Note(
                "Replacement unit from their leasing partner, factory settings. Fifth ticket like this, let us put \
                the code page in the printer health check.",
            ),
            Done(
                "It should be UTF-8. I have sent the command to the printer from here, and the test label came out \
                with all letters. If another printer is replaced, Settings > Printers > Repair does the same.",
            ),
            Them(
                "Kovačević and Łódź are readable again. Thanks for not making us open a service case with the \
                printer people!",
            ),
        ],
    ),
    on(
        Bug,
        "Labels",
        &["Customs form CN23 leaves the value empty, {n} parcels held", "CN23 without value for order {order}"],
        "For shipments to Norway and Switzerland the field \"Value\" on the CN23 is empty when the order has a \
            discount. {order} is an example. Customs held {n} parcels because of it.",
        &[
            Look(
                "Thank you for the example. A discount line without a tariff number makes the whole sum empty. I am \
                checking how many of your orders it touches.",
            ),
            Escalate(
                "{n} orders of yours are affected. Engineering is on it today, since parcels are held. I have \
                sent you a list with the right values, customs accepts a corrected form by mail.",
            ),
            Them("The list helps a lot, the first ones are released already."),
            Note(
                "This is the second regression in customs forms since the tax module was split. Asked for a test \
                with discounts in it. Credit of one month's customs module is fine with Ellen if they ask.",
            ),
            Done("Repaired and released at {time}. New forms carry the value after discount, as customs wants it."),
        ],
    ),
    // -- bugs: handhelds and picking
    on(
        Bug,
        "Picking app",
        &[
            "Picking app logs out in the middle of a pick, {n} devices",
            "Handhelds at {site} sign out every few minutes",
            "Pickers are signed out since {date}",
        ],
        "About {n} of our handhelds sign the picker out during a pick. When they sign in again, the pick list starts \
            from the first line, so they walk the aisle twice. It is worst in the back of the hall.",
        &[
            Ask("Hello {first}, is the Wi-Fi weak in the back of the hall? The app signs out when its connection is \
                gone for more than five minutes, which is a setting."),
            Them("Could be, there is steel shelving everywhere. But they never had it before version {version}."),
            Look(
                "You are right, the five minutes were thirty before {version}. I have set them back to thirty for \
                your company.",
            ),
            Note(
                "Security shortened the default for all tenants without telling support. I filed a request to have \
                it in the release notes at least.",
            ),
            Colleague("Night shift reports no sign-outs at all. Thank you."),
            Done(
                "Thank you both. It stays at thirty minutes, and a pick list now keeps its place when somebody signs \
                in again.",
            ),
        ],
    ),
    on(
        Bug,
        "Picking app",
        &["Scanner beeps green but quantity stays 0 ({site})", "Scanned {sku}, green beep, nothing booked"],
        "Scan {sku} at location A-{n}-03, the device beeps green, quantity stays 0. Second scan counts. Happens with \
            maybe one scan in twenty, so people started to scan everything twice, and then stock is wrong in the \
            other direction.",
        &[
            Look(
                "Hi {first}, I looked at the device log of this morning: two scans within 80 ms are taken for one, \
                and the first gets lost. I can reproduce it here with a fast trigger.",
            ),
            Escalate(
                "Engineering has it. Please keep scanning once and watch the number, double scanning makes it \
                harder to correct.",
            ),
            Note(
                "Debounce bug in the Android wrapper. They have {n} corrections in their stock ledger from it, could \
                get loud. Regional lead knows.",
            ),
            Them("OK. When can we expect something? We have stocktaking at the end of the month."),
            Fix("It is repaired in the test version. If you tell me two device names I will put it on these first."),
            Done("The new version is on all devices at {site}. {count} scans since this morning, none lost."),
        ],
    ),
    on(
        Bug,
        "Picking app",
        &["Pick list sorted wrongly after we renamed the aisles at {site}", "Route through {site} goes back and forth"],
        "We renamed aisles from 1, 2, 3 to A01, A02, A03. Since then the picking route jumps: A01, A10, A11, A02. \
            Pickers walk about twice as far. Is there a sort order we have to set?",
        &[
            Done(
                "Hi {first}, yes: Sites > {site} > Route. After renaming, it falls back to alphabetical order of the \
                old names. I have put the aisles in numerical order, you can drag them if you prefer another way \
                through the hall.",
            ),
            Note(
                "We should offer natural sorting by default. Feature exists in the new route editor, which is not on \
                for this plan.",
            ),
            Them("Found it, and it is better than before. Thanks for the quick help."),
        ],
    ),
    on(
        Bug,
        "Picking app",
        &["Handheld battery empty after four hours since {version}", "App drains battery ({site}, {n} devices)"],
        "Since the update to {version} our devices do not make it through a shift. Before: 9-10 hours. Now: 4. We \
            bought {n} spare batteries in a hurry. Other apps are not running.",
        &[
            Ask("Hello {first}, could you open Settings > Battery on one of them and tell me what stands next to our \
                app: \"foreground\" or \"location\"?"),
            Them("Location, 61 %."),
            Escalate(
                "Thank you, that explains it: {version} asks for the position every second instead of every \
                minute. Switching \"Find my device\" off in the app brings the old run time back for now.",
            ),
            Note(
                "Somebody left the test interval in the release. Postmortem is scheduled. We should offer to pay for \
                the spare batteries, ask Ellen first.",
            ),
            Fix("The repaired app is in review with the store."),
            Done("The update is out. Devices take it when they are charging, all of yours had it by last night."),
        ],
    ),
    // -- bugs: inventory and returns
    on(
        Bug,
        "Inventory",
        &["Negative stock for {sku} at {site}", "{sku} shows -{n} pieces"],
        "{sku} shows -{n} at {site}. We counted {n} on the shelf. A correction sets it to the right number, an hour \
            later it is negative again.",
        &[
            Look(
                "Hi {first}, an integration books it down: there is a goods issue every hour with the reference \
                {order}, always the same one.",
            ),
            Ask("Its user is named \"erp-sync\". Is there a job on your side that repeats {order}?"),
            Them("Our ERP partner found it, a message stuck in their queue was sent again and again. They deleted it."),
            Note(
                "We accept the same external reference without limit. The idempotency key is optional in v1 of the \
                API, in v2 it is required. Nudge them to v2 at the next review.",
            ),
            Done(
                "Good find. I took back the {n} repeated bookings, the stock of {sku} is right again and stayed so \
                over night.",
            ),
        ],
    ),
    on(
        Bug,
        "Inventory",
        &[
            "Batch numbers disappear when moving pallets",
            "Lost batch on move from {site} to {othersite}",
            "Batch missing after transfer, shipment {shipment}",
        ],
        "When we move a pallet from {site} to {othersite} the batch number is gone at the receiving end. For food \
            that means we have to block the pallet. It concerns transfers that were split, whole pallets are \
            fine.\n\nExample: {shipment}, SKU {sku}.",
        &[
            Look(
                "Hello {first}, thank you for being so exact. I can reproduce it with a split transfer and I have \
                marked it as urgent, since traceability is at stake.",
            ),
            Escalate(
                "Engineering found the cause: the second half of a split is created before the batch is copied. \
                We are restoring the lost batch numbers from the journal, you need not do it by hand.",
            ),
            Note(
                "Restore script ran on a copy first. {count} rows over all tenants, the others are not told until \
                legal has read the text.",
            ),
            Colleague("Quality here. Please tell me when it is complete, I have an auditor in the house on Thursday."),
            Fix("All your batch numbers are back. The repair itself goes out tonight."),
            Done(
                "Released, and checked with a split transfer between {site} and {othersite}: both halves keep the \
                batch.",
            ),
        ],
    ),
    on(
        Bug,
        "Returns",
        &["Return of {order} booked as new goods", "Returned goods show up as A stock at {othersite}"],
        "We book returns with quality B, but they appear as A stock and get sold as new. Two customers complained \
            already. {order} is one of them.",
        &[
            Look(
                "Hi {first}, the quality is taken over only if the return reason has a rule. The reason \"changed \
                mind\" has none in your settings, so it falls back to A.",
            ),
            Note(
                "Default A is a bad default. Product says changing it breaks two large tenants who depend on it. So \
                it stays, sadly.",
            ),
            Them("I see. Can you make B the default for us?"),
            Done(
                "Done: returns without a rule are B from now on. I moved the {n} pieces that had become A back to B, \
                the list is in your inbox.",
            ),
        ],
    ),
    on(
        Bug,
        "Inventory",
        &["Stocktaking at {site} cannot be closed", "{site}: stocktaking stuck at 99 % since {time}"],
        "Stocktaking at {site} is at 99 % since yesterday evening. One location (B-{n}-01) is open but there is no \
            such location any more, it was deleted in spring. We cannot ship from {site} until it is closed!!",
        &[
            Done(
                "Hello {first}, I understand the hurry. I closed the location by hand, the stocktaking went to 100 % \
                at {time}, shipping is open. We have blocked deleting locations that a stocktaking still contains, so \
                that it cannot happen again.",
            ),
            Note(
                "Closed through the console, two-person rule with Mikkel. The block is a config change, no release \
                needed.",
            ),
            Them("Shipping again. You saved our Friday."),
        ],
    ),
    on(
        Bug,
        "Returns",
        &[
            "{sku} shows as <b>Lamp</b> &amp; shade on the return slip",
            "HTML in product names on return slips from {site}",
        ],
        "Our shop sends product names with markup, e.g. <b>Lamp \"Aurora\"</b> &amp; shade <i>(new)</i>. In the app \
            it looks right, but the return slip prints the tags. One name even is\n\n\
            <script>alert('sale!')</script> Lamp\n\n\
            because a student tried something funny 🙈 and the slip prints that too. Can you strip the tags?",
        &[
            Look(
                "Hi {first}, ha, at least it did not alert anybody. We print names exactly as they come, which is on \
                purpose. Cleaning them belongs where they come from.",
            ),
            Them(
                "The shop agency says <b> is needed for the web page. Can the API take a second field, name_plain or \
                so?",
            ),
            Note(
                "Checked with security: slip PDF and portal both escape, so it is only ugly and not dangerous. \
                Please do not call it a vulnerability in mails.",
            ),
            Ask("It can: items have a field `print_name`. If it is set, slips and labels use it. Could the agency \
                fill it?"),
            Them("They filled it. Slip now says: Lamp \"Aurora\" & shade (new). ✨"),
            Done("Beautiful. And greetings to the student."),
        ],
    ),
    // -- bugs: carriers, API, webhooks
    on(
        Bug,
        "Carrier connections",
        &[
            "{carrier}: booking fails with \"unknown product code\"",
            "Cannot book {carrier} since {date}",
            "{carrier} refuses shipments from {site}",
        ],
        "Every booking with {carrier} from {site} fails:\n\n    400 unknown product code \"EXP12\"\n\n\
            Other sites work. We have {n} parcels on the dock and pick-up is at 17:00.",
        &[
            Look(
                "Hi {first}, on it. {carrier} has replaced EXP12 with EXP1200 for a part of the depots, yours among \
                them.",
            ),
            Done(
                "I have mapped the new code for {site}. Your {n} parcels are booked, the labels are in the queue of \
                the station. Sorry for the short night before the pick-up.",
            ),
            Note(
                "They announced it in a PDF on their partner portal, nobody reads it. Rui is subscribing to the \
                feed.",
            ),
            Them("Truck left at 16:55 with everything on it!"),
        ],
    ),
    on(
        Bug,
        "API",
        &[
            "API returns 500 for GET /v2/shipments?updated_since={isodate}T00:00:00+02:00",
            "500 on updated_since with a time zone, request {request}",
            "Sync broken since {date}: /v2/shipments answers 500",
        ],
        "Our sync calls\n\nGET \
            https://api.quayhaven.example/v2/shipments?updated_since={isodate}T00:00:00+02:00\n\n\
            and gets a 500 since {date}. With Z instead of +02:00 it works. Request id: {request}",
        &[
            Look(
                "Hello {first}, the plus sign arrives as a space, because in a query it means one. It should be \
                written as %2B. We ought to answer that with a clear 400, not with a 500.",
            ),
            Them("Understood, but it worked for two years with the plus. Which version of your API changed it?"),
            Escalate(
                "A fair question. The old parser forgave it, the new one does not. Engineering will accept both \
                again, because you are certainly not the only ones.",
            ),
            Note(
                "Two more tenants by the access log, have not noticed yet: their sync retries for ever. Contact them \
                before their queue is full.",
            ),
            Fix("Both ways of writing are accepted from the next release on, a wrong date gets a 400 with the \
                position of the mistake."),
            Done("Released. Your sync has caught up by itself at {time}."),
        ],
    ),
    on(
        Bug,
        "API",
        &["429 Too Many Requests although we send {n} per minute", "Rate limit hit much too early, see {request}"],
        "We are told 600 requests a minute. We send {n} and get 429 with Retry-After: 41. Request id {request}. Is \
            the limit per key or per company?",
        &[
            Done(
                "Hi {first}, it is per company, and there is a second key of yours that polls /v2/stock about 580 \
                times a minute. It is named \"test-jan\". When you stop it, there is plenty of room.",
            ),
            Note(
                "Someone's forgotten script from January. Their plan allows 1,200, but sales does not want it raised \
                for free.",
            ),
            Them(
                "Oh dear. Jan left in spring. Key is revoked, the 429s are gone. A page that shows requests by key \
                would be nice!",
            ),
        ],
    ),
    on(
        Bug,
        "Webhooks",
        &["Webhook shipment.delivered arrives up to {n} times", "Duplicate webhooks since {date}"],
        "Since {date} we get shipment.delivered several times for the same shipment ({shipment}: {n} times). Our shop \
            sends a mail for each, and our customers are annoyed. Signature is valid on all of them, event id is the \
            same.",
        &[
            Ask("Hello {first}, our log says that your endpoint answers after 14 to 20 seconds. We wait for ten and \
                then send again. Could you answer first, and work afterwards?"),
            Them(
                "It does send the mail before it answers, true. But ignoring an event id seen before would be our \
                job too, right?",
            ),
            Look(
                "Exactly, that is what the id is for: a delivery can arrive twice in any system. Meanwhile I have \
                raised the time we wait to 30 seconds for your endpoint.",
            ),
            Note("30 s is a manual override in the dispatcher config, remove after four weeks. Reminder is set."),
            Them("We put a queue in between. Answers take 40 ms now, and doubles are dropped."),
            Done("I see it: no repeated deliveries since {time}. I took the 30 seconds back. Well done."),
        ],
    ),
    on(
        Bug,
        "Webhooks",
        &[
            "Webhook signature does not verify for {shipment}",
            "HMAC mismatch on webhooks from {version}",
            "All webhooks rejected by our gateway since {time}: bad signature",
        ],
        "The signature of all webhooks is wrong since this morning. We compute HMAC-SHA256 over the body with the \
            secret from the settings page, as the manual says:\n\n\
            https://docs.quayhaven.example/webhooks/signatures#verify\n\n\
            Body we received (shortened):\n{\"event\":\"shipment.created\",\"id\":\"{shipment}\"}\n\n\
            What we compute and what you send have nothing in common. Did the secret rotate?",
        &[
            Ask(
                "Hi {first}, it did not rotate. Is there anything between us and you that touches the body, such as a \
                gateway that formats JSON again?",
            ),
            Them(
                "Infrastructure put a new API gateway in front yesterday. It \"normalises\" JSON. I will find out \
                how to switch that off.",
            ),
            Note("Always the gateway. Suggest a checker in the settings page that echoes the hash of what we sent."),
            Them("Switched off, signatures verify."),
            Done("Glad to hear. I added a sentence about gateways to the manual, thanks to you."),
        ],
    ),
    on(
        Bug,
        "API",
        &[
            "Since the update on {date} the order import of our ERP stops at every order that has more than {n} lines \
                with the message \"payload too large\" although the file has only 300 KB and the same file was \
                accepted without any problem last week",
            "Order import from the ERP refuses {order} and every other order with more than {n} lines as \"payload \
                too large\", and nobody on our side has changed anything about the interface for at least half a year",
        ],
        "Please see the title. The order is {order}. Our ERP partner says that they changed nothing and that the \
            limit must be on your side.\n\nI need to know three things:\n\n\
            1. Is there a new limit, and where is it documented?\n2. Can it be raised for us?\n3. What shall we do \
            with the {n} orders that are waiting?\n\n\
            The interface description we work with is this one: \
            https://docs.quayhaven.example/api/v2/orders/import?section=limits&lang=en#maximum-size-of-a-request-and-how-to-split-large-orders-into-several-requests",
        &[
            Look(
                "Dear {first}, thank you for the clear list. 1: there is a limit of 250 KB, it is new, and it is not \
                documented, which is our mistake. I am asking about 2 and 3.",
            ),
            Note(
                "Limit came with the new edge proxy. Infra says 1 MB is fine, 5 MB is not. It was not in the change \
                log, so please be kind.",
            ),
            Escalate(
                "2: yes. It is raised to 1 MB for everybody tonight. 3: they will go through by themselves, your \
                ERP repeats them every hour.",
            ),
            Colleague("From the ERP side: we see the first ones going through."),
            Done("All waiting orders are in, {order} at {time}. The limit is in the documentation now."),
        ],
    ),
    on(
        Bug,
        "API",
        &["ERP sync writes {count} items and then hangs", "Item sync hangs at {sku}"],
        "the item sync stops at {sku} every night. no error. token is not expired. if i leave {sku} out it stops at \
            the next item with a picture larger than a few MB.\n\nlog:\n\n\
            02:14:07 PUT /v2/items/{sku} ...\n02:44:07 timeout\n02:44:07 giving up\n\n\
            stack: \
            https://logs.quayhaven.example/trace/7f3a9c01e5b24d6f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        &[
            Look(
                "Hello {first}, pictures of more than 4 MB need the upload address (POST /v2/uploads). In the PUT \
                they are read to the end and thrown away, which takes until the time-out.",
            ),
            Them("ok but then say so with a 413?"),
            Escalate(
                "Agreed, that is what engineering is changing. For tonight: leave pictures above 4 MB out, or \
                send them through the upload address.",
            ),
            Note(
                "The hang ties up a worker for 30 min. Ops would like this one out quickly, they see it in the queue \
                depth.",
            ),
            Done(
                "Since {version} too large a body gets a 413 at once, with the limit in the answer. Thank you for \
                insisting.",
            ),
        ],
    ),
    on(
        Bug,
        "Carrier connections",
        &[
            "Tracking for {carrier} stuck at \"announced\"",
            "{n} parcels delivered, still \"announced\" here",
            "Tracking status wrong for {shipment}",
        ],
        "{shipment} was delivered on {date}, the receiver confirmed. Your tracking page still says \"announced\". \
            There are {n} more. Our service desk gets calls because of it.",
        &[
            Look(
                "Hi {first}, {carrier} did send the scans, with a new kind of event that we did not know: \
                \"delivered to neighbour\". I am adding it.",
            ),
            Note("Unknown events are dropped silently. They should at least be counted, I opened a task for it."),
            Done(
                "Done: the {n} parcels show as delivered, with the right time. New kinds of events now raise an \
                alarm with us instead of being dropped.",
            ),
            Them("Thank you. Service desk says the phones are quiet."),
        ],
    ),
    on(
        Bug,
        "Dock scheduling",
        &["Two trucks booked on dock {n} at the same time", "Double booking of dock gate {n} ({site})"],
        "Today two trucks stood at gate {n} with a valid booking for the same slot, one by {carrier}, one by our own \
            fleet. Both had a confirmation mail. We had to send one away and he was not amused.",
        &[
            Look(
                "Hello {first}, I am sorry. Both bookings were made in the same second from two browsers. It must \
                not be possible, and evidently it is.",
            ),
            Escalate(
                "Engineering has reproduced it. Until it is repaired I get an alarm for every double booking and \
                call you before the truck is there.",
            ),
            Note(
                "Missing unique constraint since the scheduling service moved to its own database. Embarrassing. Do \
                not go into details.",
            ),
            Fix("The slot is now taken or refused, nothing in between. Goes live tomorrow at six."),
            Done("Live. We tried with 500 bookings at once: one gets the slot, 499 are told that it is taken."),
            Them("Good. The driver got a coffee from us, if you are curious."),
        ],
    ),
    on(
        Bug,
        "Dock scheduling",
        &[
            "Calendar of {site} is one hour off after the clock change",
            "Summer time: {n} dock slots at {site} shifted by an hour",
        ],
        "Since the clocks changed all slots at {site} are one hour late in the mails to the carriers. In the calendar \
            itself they are right. So the trucks come an hour late, or rather exactly when we told them.",
        &[
            Look(
                "Hi {first}, confirmed: the mail uses the offset of the day when the booking was made. I have asked \
                to send corrections to all carriers with a booking in the next 14 days, with your permission.",
            ),
            Ask("May we send these corrections in your name? It concerns {n} bookings."),
            Them("Yes please, as soon as possible."),
            Note(
                "Happens twice a year, every year. If anyone touches that template engine again, please throw it \
                away.",
            ),
            Done("All {n} corrections are sent, and new mails carry the right time."),
        ],
    ),
    on(
        Bug,
        "Inventory",
        &["Search finds nothing when the SKU has a slash ({sku}/B)", "Cannot find item {sku}/B"],
        "Searching for \"{sku}/B\" finds nothing. \"{sku}\" finds {n} items and the one with /B is among them. On the \
            handheld it works.",
        &[
            Look("Hi {first}, the web search treats the slash as a space. I have passed it on with your example."),
            Note(
                "Tokeniser config. Low effort, but needs a reindex of all tenants, so it waits for the maintenance \
                window.",
            ),
            Fix("It is repaired, the new index is being built over the weekend."),
            Done("{sku}/B is found now, also with a part of it."),
        ],
    ),
    on(
        Bug,
        "Dashboards",
        &["Page is blank in the tablet browser at {site}", "White page on the packing tablets since {version}"],
        "The packing screen stays white on our tablets since {version}. On PCs it works. Tablets are from 2017, the \
            browser cannot be updated any further. We have {n} of them, replacing them is planned but not this year.",
        &[
            Ask("Hello {first}, could you open https://app.quayhaven.example/about on one of them and tell me what \
                stands under \"Browser\"?"),
            Them("Chromium 69"),
            Look(
                "Thank you. We support the last three years of browsers, and this one is older. Let me see whether \
                the packing screen alone can be kept working.",
            ),
            Note(
                "Analytics says 140 tablets of that age over all customers. Frontend can ship an old bundle for the \
                packing screen, at least until summer.",
            ),
            Decline(
                "I asked, and the honest answer is: the packing screen works again with a compatibility version \
                until the end of next year (already switched on for you), everything else will not come back on these \
                tablets. I am sorry that I have no better news.",
            ),
            Them("That is enough for us. We will have new ones by then."),
        ],
    ),
    on(
        Bug,
        "Labels",
        &["Wrong return address on labels from {othersite}", "Labels of {othersite} carry the address of {site}"],
        "Parcels from {othersite} have {site} as return address since we added the second site. About {n} returns \
            went to the wrong hall this week.",
        &[
            Done(
                "Hi {first}, the return address is a setting of the carrier contract, and both sites share one. I \
                made a copy for {othersite} with its own address: labels from now on are right. Settings > Carriers \
                shows both.",
            ),
            Them("That was fast. Could the setup assistant ask for it when one adds a site?"),
            Note("Good point, passed on to product. Same suggestion from two others this month."),
        ],
    ),
    on(
        Bug,
        "Carrier connections",
        &[
            "Prices from {carrier} differ from their invoice by {amount}",
            "{carrier} surcharge missing in rate comparison",
        ],
        "Your rate comparison chose {carrier} for {n} shipments because it was the cheapest. Their invoice is higher \
            by {amount} EUR: a peak surcharge that does not appear in your table. With it, they would not have been \
            the cheapest.",
        &[
            Ask("Hello {first}, thank you. Could you send us the surcharge page of your contract? It differs from \
                customer to customer, we only have the public one."),
            Them("Sent by mail to your data desk, reference {order}."),
            Look(
                "It is here and entered. Comparisons from now on include the peak surcharge. I am computing the past \
                {n} shipments again, so that you see the real difference.",
            ),
            Note("They may ask for compensation. Contract says rates are indicative. Ellen handles it, not us."),
            Done(
                "The new computation is in your inbox: the difference is {amount} EUR, as on the invoice. The rate \
                table shows surcharges in a column of their own now.",
            ),
        ],
    ),
    // -- billing
    on(
        Billing,
        "Invoice",
        &["Invoice {invoice}: our PO number is missing", "Please add the purchase order to {invoice}"],
        "Accounting refuses {invoice} because our purchase order number is not on it. It should be PO-{link}. Please \
            send a corrected invoice, and put the number on all future ones.",
        &[
            Look(
                "Hi {first}, a corrected invoice is on its way to your accounting. I am putting the number into the \
                billing settings too.",
            ),
            Note("PO field exists, but is hidden for plans bought through partners. Did it in the back office."),
            Done("Done. {invoice} was replaced, and the next ones carry PO-{link} until you tell us another."),
            Them("Accounting is happy. Rare!"),
        ],
    ),
    on(
        Billing,
        "Duplicate charge",
        &["Charged twice for {month}", "Double debit of {amount} EUR ({invoice})"],
        "Our account was debited {amount} EUR twice on {date}, both with the reference {invoice}. Please return one \
            of them.",
        &[
            Look(
                "Hello {first}, I am sorry about that. I can see both debits and have asked our bank to return the \
                second.",
            ),
            Note(
                "Payment provider retried after a time-out. Two other customers hit on the same day, finance has the \
                list. No interest is owed, but offer 5 % off the next month if they are upset.",
            ),
            Ask("The bank needs to know whether the return may go to the same account (ending in {n})?"),
            Them("Yes, same account."),
            Done("The {amount} EUR were sent back today, they arrive within two bank days."),
        ],
    ),
    on(
        Billing,
        "Usage",
        &[
            "Why {count} labels on {invoice}?",
            "Label count on {invoice} is too high",
            "{invoice} lists more labels than we printed",
        ],
        "The invoice for {month} lists {count} labels. Our own statistics says about {n} % fewer. Are cancelled \
            labels billed too? That was not so in the past.",
        &[
            Look(
                "Hi {first}, cancelled labels are free if they are cancelled on the same day. I am checking how many \
                were cancelled later.",
            ),
            Ask(
                "Part of them was cancelled on the following morning: it looks as if a job of yours cancels at 02:00. \
                Is that so?",
            ),
            Them("Yes, nightly clean-up. So if it ran at 23:30 they would be free?"),
            Note("Loophole as old as the price list. Sales agreed to credit this month once, as goodwill, not again."),
            Done(
                "Exactly. As a courtesy I have credited {amount} EUR for {month}, it is on the next invoice. Move \
                the job to 23:30 and all is well.",
            ),
        ],
    ),
    on(
        Billing,
        "VAT",
        &[
            "VAT charged although we are in another EU country",
            "Reverse charge missing on {invoice}",
            "Wrong VAT on {invoice}",
        ],
        "{invoice} contains VAT of {amount} EUR. We gave you our VAT ID when we signed, so reverse charge should \
            apply. Please correct it, our tax adviser will not accept it.",
        &[
            Ask("Hello {first}, the VAT ID in our books was refused by the EU's register on {date}. Could you check \
                it with your tax office, or send us the current one?"),
            Them("We changed from a partnership to a limited company, the ID changed too. New one sent by mail."),
            Note(
                "Change of legal form means a new contract, strictly. Legal says an addendum is enough. Do not \
                mention before Ellen has called them.",
            ),
            Done("The new ID is confirmed. {invoice} is cancelled and replaced by one without VAT."),
        ],
    ),
    on(
        Billing,
        "Plan",
        &["Add {n} users to our plan", "Price for {n} more handheld licences", "More seats for {site}"],
        "We are opening a second shift at {site} and need {n} more users from next month. What does it cost, and do \
            they have to be paid for the whole year?",
        &[
            Ask("Hi {first}, congratulations! {n} more cost {amount} EUR a month, billed until your yearly date, so \
                not for a whole year. Shall I add them from the first of next month?"),
            Note(
                "They are one step below the volume discount. Account manager will call about it, please do not \
                quote the next tier here.",
            ),
            Them("Yes please, from the first."),
            Done(
                "They are added, you can invite people from the first at midnight. The difference is on the next \
                invoice.",
            ),
        ],
    ),
    on(
        Billing,
        "Payment",
        &[
            "New bank account: how do we change the direct debit before {invoice}?",
            "Change payment method to direct debit after {invoice}",
        ],
        "We have a new bank. Where do I enter the account? The page Settings > Billing only offers a credit card.",
        &[
            Done(
                "Hello {first}, direct debit needs a signed mandate. I have sent you one for signing online, the \
                account changes as soon as it is signed. The next debit is on the 10th, so there is time.",
            ),
            Them("Signed. Thanks."),
            Note(
                "Mandate is in. They were two weeks late on the last two invoices, finance suspects the old bank. \
                Nothing to do.",
            ),
        ],
    ),
    on(
        Billing,
        "Invoice",
        &["Copies of all invoices up to {invoice} for our auditors", "Auditor needs invoices up to {month}"],
        "Our auditors ask for all your invoices of the last financial year, as PDF, and for a confirmation of the \
            balance as of {date}. Can you send both?",
        &[
            Look(
                "Hi {first}, with pleasure. The invoices are in Settings > Billing > Archive, as one ZIP. The \
                confirmation of the balance comes from our finance team.",
            ),
            Note(
                "Balance is zero apart from a disputed 40 EUR from spring. Finance writes it off rather than \
                explaining it.",
            ),
            Done("The confirmation was sent to you and to the auditors' address on the form."),
        ],
    ),
    on(
        Billing,
        "Plan",
        &[
            "Cancel the returns module at {othersite} at the next date",
            "Please cancel \"Returns Plus\" for {othersite}",
        ],
        "We do not use the returns module at {othersite} any more since the hall is rented out. Please cancel it at \
            the next possible date and confirm the date.",
        &[
            Ask(
                "Hello {first}, noted. It can end with this quarter. Do you need an export of the old returns before? \
                It is not possible afterwards.",
            ),
            Them("Yes, please export everything."),
            Note(
                "Churn reason: site closed, not dissatisfaction. Tag it properly, last time the statistics blamed \
                the product.",
            ),
            Done(
                "The export is in your download area for 90 days. The module ends with the quarter and is not billed \
                after that.",
            ),
        ],
    ),
    on(
        Billing,
        "Duplicate charge",
        &["Reminder for {invoice} although paid on {date}", "Third reminder for {invoice}, which is paid"],
        "We got another reminder for {invoice}. It was paid on {date} ({amount} EUR, your reference was in the text). \
            Please check before you send one more. It is a bit annoying to be honest.",
        &[
            Look(
                "Hi {first}, you are right to be annoyed. The payment is here, but was booked to another customer \
                with a similar number. Finance is moving it.",
            ),
            Note(
                "Digits swapped by the bank import. Finance asks us not to say that the money was booked to somebody \
                else. Too late, I did. Sorry.",
            ),
            Done("It is booked, the reminders are withdrawn, and there is no fee. Please accept our apology."),
            Them("Accepted :)"),
        ],
    ),
    on(
        Billing,
        "Usage",
        &["API calls over the limit: what is the {amount} EUR for?", "Unexpected \"API overage\" on {invoice}"],
        "There is a new line \"API overage\" with {amount} EUR on {invoice}. We did not get a warning. We would like \
            to understand what was counted, and how to be warned in future.",
        &[
            Look(
                "Hello {first}, {count} calls above the included number, nearly all of them to /v2/stock on two \
                days. I have attached the list by day to the invoice in your archive.",
            ),
            Them("That was the load test of our agency. OK, our fault. But a warning would have helped."),
            Note(
                "Warning mails exist, but go to the technical contact, who is an address that bounces since {date}. \
                Cleaned up.",
            ),
            Decline(
                "I can understand that. We cannot take the amount back, since the calls were really made, but \
                warnings at 80 and 100 % now go to you as well.",
            ),
        ],
    ),
    // -- feature requests
    on(
        Feature,
        "Labels",
        &["Print two labels per parcel for {carrier} at {site}", "Second label copy for pallets ({site})"],
        "{carrier} wants a label on two sides of each pallet. At the moment we print, and print again, and people \
            forget the second one. A setting \"number of copies\" for each carrier would be enough.",
        &[
            Look(
                "Hi {first}, sensible and small. I have put it on the list with your words, {n} other customers \
                asked for the same.",
            ),
            Note("Quick win, printing team has it in the next sprint. Do not give dates, as always."),
            Fix("It has been built: Settings > Carriers > Copies, from {version} on."),
            Done("It is there. For {carrier} I have set two copies at your sites already."),
            Them("Works. Small thing, big effect."),
        ],
    ),
    on(
        Feature,
        "API",
        &["Webhook when stock at {site} falls below a minimum", "Low stock event for webhooks ({sku})"],
        "We would like a webhook when the stock of an item falls below its minimum. Polling /v2/stock every minute \
            for {count} items is not nice for anybody.",
        &[
            Ask("Hello {first}, we like it. Should it come once when the minimum is crossed, or with every booking \
                below it?"),
            Them("Once, and once again when it is back above."),
            Look("Thank you, that is in the design now. I will let you know when there is something to try."),
            Note(
                "Design review next week. The competitor has it since last year and we lost one deal on it, so \
                product is motivated.",
            ),
            Colleague("+1, and please with the site in the payload, we have a minimum for each site."),
            Fix(
                "stock.low and stock.recovered are in the beta channel, with site, item and both quantities. Shall we \
                switch it on for your test workspace?",
            ),
            Done("Both events are generally available since {version}. Thank you for the good discussion."),
        ],
    ),
    on(
        Feature,
        "Dashboards",
        &["Dark mode for the {n} packing screens at {site}", "Dark theme at {site}: night shift asks for it"],
        "The packing screens are very bright at night. Our people put cardboard over half of the screen 😅. Is a dark \
            theme planned?",
        &[
            Look(
                "Hi {first}, cardboard is a strong argument. A dark theme is being worked on, packing and picking \
                screens come first.",
            ),
            Note("Half done since the hackathon. Colour contrast review is outstanding."),
            Fix("It will be in {version}: profile picture > Appearance > Dark, or by time of day for each site."),
            Done("Released. The cardboard can go."),
        ],
    ),
    on(
        Feature,
        "Exports",
        &[
            "Export to our data lake (Parquet, {count} rows a day)",
            "Parquet export instead of CSV for {count} rows a day",
        ],
        "Our BI team loads {count} rows a day from your CSV files and spends half of its time on types and encodings. \
            Parquet files in an object store bucket would save us a lot. Would that be possible?",
        &[
            Ask("Hello {first}, two questions for planning: which bucket would it be, ours or yours, and is once a \
                day enough?"),
            Them("Ours. Once a day is enough, hourly would be great."),
            Note(
                "Third request of this size, all from accounts above 60k. Product wants to sell it as an add-on, \
                pricing not decided. Do not say that it will be free.",
            ),
            Look(
                "Thank you. It is being evaluated, together with two other customers. I will come back in the new \
                quarter.",
            ),
            Decline(
                "An honest answer: it will not be built this year. What you can use is the change feed of the API \
                (/v2/changes), which has types, and which others turn into Parquet with a short script. I can send \
                you one of these.",
            ),
            Them("Pity, but thank you for the clear answer. Yes, please send the script."),
        ],
    ),
    on(
        Feature,
        "Picking app",
        &["Voice picking with headsets for {n} pickers", "Pick by voice for the cold store at {site}"],
        "In the cold store ({site}) people wear thick gloves. Scanning is OK, typing quantities is not. Do you plan \
            voice picking, or do you work together with somebody who does?",
        &[
            Look(
                "Hi {first}, we do not build it ourselves, but there is an interface for it and two partners use it. \
                I am asking which of them works at -24 °C.",
            ),
            Note("Partner A is in trouble, do not recommend. Partner B is fine but slow to answer."),
            Ask("One of them does, and would show it to you on site. May I pass on your contact details?"),
            Them("Yes, please. Mornings are best."),
            Done("They will call you this week. We are glad to join if you like."),
        ],
    ),
    on(
        Feature,
        "Dock scheduling",
        &["Let {carrier} move their own slot", "Carriers should change dock bookings at {site} themselves"],
        "We get about {n} calls a day from drivers who will be late. If {carrier} and the others could move their \
            slot themselves, to a free one, that would save a person half a day.",
        &[
            Look(
                "Hello {first}, we have heard this often enough now. It is in design: a link in the confirmation \
                mail that allows one change up to two hours before.",
            ),
            Them("Two hours is too long for us, traffic jams happen on the same morning. 30 minutes?"),
            Note("Make it a setting per site, obviously. Design had hard-coded it. Passed on."),
            Fix(
                "The time will be a setting for each site. It is being tested with three customers, would you like to \
                be the fourth?",
            ),
            Done("Available to everybody since {version}. {site} is set to 30 minutes, as you wanted."),
        ],
    ),
    on(
        Feature,
        "Inventory",
        &["Show expiry date in the stock list of {site}", "Column \"best before\" in inventory ({site}), please"],
        "In the stock list there is no column for the best-before date, one has to open each item. We sort by it on \
            paper at the moment, which is as much fun as it sounds.",
        &[
            Done(
                "Hi {first}, good news: it exists. In the list, choose Columns > Batch > Best before, then click on \
                its head to sort. I saved it as a view \"Expiring first\" for your company.",
            ),
            Note("Column picker is too well hidden. Fourth feature request for something that we have."),
            Them("Wow, ok. Thank you! Maybe mention it in the training."),
        ],
    ),
    on(
        Feature,
        "API",
        &["Python client for the API {version}", "Official SDK for /v2?"],
        "Is there an official client library for Python? We found one on the internet, but it is for v1 and its last \
            change is three years ago.",
        &[
            Look(
                "Hello {first}, the one you found is by a former customer, and v1 ends next year, so please do not \
                use it. The OpenAPI file of v2 is complete and generates a good client.",
            ),
            Them("Generated clients are what they are… but OK. Where is the file?"),
            Decline(
                "https://api.quayhaven.example/v2/openapi.json. An SDK of our own is not planned for now. I noted \
                your vote, it counts when we plan the next year.",
            ),
            Note("Developer relations would like one, nobody to maintain it. Be honest about it."),
        ],
    ),
    on(
        Feature,
        "Dashboards",
        &["CO2 per shipment in the report of {month}", "Emissions report for {month}"],
        "Our customers ask for the emissions of each shipment. {carrier} puts it on the invoice already. It would be \
            good to have it in the monthly report, by site and carrier.",
        &[
            Ask(
                "Hi {first}, would figures by weight and distance be enough, or do your customers ask for a certified \
                method?",
            ),
            Them("Certified (they mention ISO 14083)."),
            Look(
                "Thank you, that decides which data we need from the carriers. It is planned, I cannot tell the \
                month yet.",
            ),
            Note(
                "Roadmap says first half of next year, depends on a data partner whose contract is not signed. Keep \
                that inside.",
            ),
            Colleague("Hello, sustainability here. We can offer to test it with our data of {month}."),
            Fix("Thank you for testing! The report by site and carrier is ready, the data of {month} \
                matches yours. It comes with the next release."),
            Done("It is in the monthly report since {version}, computed according to ISO 14083."),
        ],
    ),
    on(
        Feature,
        "Returns",
        &["Photo of damaged goods with each return at {site}", "Attach pictures to returns from {site}"],
        "When goods come back damaged we take a picture with a private phone and mail it to ourselves. A button in \
            the return dialog that takes a picture with the handheld would be far better (also for data protection \
            reasons).",
        &[
            Look(
                "Hello {first}, this is being built at the moment: up to five pictures a return, visible to your \
                team only.",
            ),
            Fix("Ready for {version}. Pictures are kept as long as the return, and deleted with it."),
            Note("Storage cost estimate is 0.3 cents a return. Included in all plans until somebody notices."),
            Done("Released. Handhelds need app {version} or newer for it."),
            Them("The night shift has taken {n} pictures already, two of them of goods."),
        ],
    ),
    // -- access
    on(
        Access,
        "Single sign-on",
        &[
            "SSO: \"audience mismatch\" since our IdP moved on {date}",
            "Nobody can sign in, SSO error AUD-{n}",
            "Sign-in with SSO fails for all of {site}",
        ],
        "After our IT changed the identity provider nobody can sign in. Message: \"audience mismatch (AUD-{n})\". The \
            picking app works because people are still signed in, but the shift ends at 14:00 and then it gets ugly.",
        &[
            Ask("Hi {first}, understood. Could your IT send me the new metadata address? In the meantime I have \
                switched on sign-in by e-mail link for your administrators, so that you are not locked out."),
            Note(
                "Emergency link sign-in is on for 24 h, ticket in the security log. Remove tomorrow, and note that I \
                checked the callback number on file.",
            ),
            Them("https://idp.example/metadata/{link}.xml is what they say."),
            Look("Thank you, it is loaded. Please try with one person first."),
            Done("I see {n} successful sign-ins in the last minutes. The sign-in by e-mail link is off again."),
        ],
    ),
    on(
        Access,
        "Roles",
        &[
            "{n} new colleagues need access to {site}",
            "Please unlock {site} for the new shift",
            "Access to {site} for temporary staff",
        ],
        "From Monday {n} temporary workers start at {site}. They should pick and pack, and not see prices. Can you \
            set them up, or how do I do that best?",
        &[
            Done(
                "Hello {first}, you can do it yourself: Users > Import, one line for each person. The role \
                \"Warehouse\" hides prices. I have raised your limit by {n} until the end of next month, so that \
                nothing stops you on Monday.",
            ),
            Them("Import worked at the first try, all {n} are in."),
            Note(
                "Temporary seats are free for 60 days by the contract. Set a reminder, the last time they ran for a \
                year.",
            ),
        ],
    ),
    on(
        Access,
        "Roles",
        &["Remove access of a former employee at {site}, urgent", "Employee left on {date}, please block the account"],
        "A colleague left the company on {date} and could still sign in this morning. Please block the account at \
            once, and tell us what was done with it since then.",
        &[
            Look(
                "Hi {first}, the account is blocked and all its sessions are ended as of {time}. I am going through \
                the log since {date}.",
            ),
            Note(
                "Person signed in twice, looked at two reports, exported nothing. Send the facts and nothing else. \
                HR matter, do not discuss names.",
            ),
            Ask(
                "The log is ready. As it is about a person, may I send it to your data protection officer rather than \
                here?",
            ),
            Them("Yes, the address is in the contract. Thank you for being careful with it."),
            Done(
                "Sent. By the way: if you connect user provisioning (SCIM), accounts end on the day when they end in \
                your directory.",
            ),
        ],
    ),
    on(
        Access,
        "API keys",
        &["API key for our new ERP partner, read only, {site}", "Limited API key for an integration partner of {site}"],
        "Our new ERP partner needs a key that can read orders and stock, nothing else, only for {site}. The dialog \
            only offers \"read\" and \"read and write\" for everything.",
        &[
            Look(
                "Hello {first}, keys can be limited by site and by resource, the dialog just does not show it on \
                your plan. I am asking whether I may switch it on.",
            ),
            Note(
                "Scoped keys are an enterprise feature on paper. Security says: for everybody, always. Sales agreed \
                at last.",
            ),
            Done(
                "It is on. Choose \"Custom\" in the dialog, then the site and the two resources. Please send keys \
                through a password manager, not by mail.",
            ),
            Them("Done, and the partner confirms that writing is refused. 👌"),
        ],
    ),
    on(
        Access,
        "Two-factor",
        &["Lost phone on {date}, cannot sign in any more", "Two-factor reset after a new phone ({first}, {site})"],
        "My phone fell into the harbour (true story). The authenticator app was on it and I cannot sign in. Backup \
            codes were on the phone too, I know...",
        &[
            Ask("Hi {first}, my condolences. For a reset one of your administrators has to confirm that it is you: \
                they find the button under Users > your name > Reset second factor. Could you ask one of them?"),
            Note("Never reset without an administrator, even if the story is good. See the March incident."),
            Them("My boss pressed the button, after laughing for a while. I am in."),
            Done("Good! Please print the new backup codes this time."),
        ],
    ),
    on(
        Access,
        "Single sign-on",
        &[
            "Set up user provisioning (SCIM) for {n} groups",
            "SCIM connection to our directory ({n} groups): which attributes?",
        ],
        "We would like to create and remove users automatically from our directory. Which attributes do you need, and \
            how are groups mapped to roles and sites?\n\nWe have {n} groups at the moment, one for each hall and role.",
        &[
            Ask("Hello {first}, we need userName, name, emails and active. Groups are mapped in Settings > \
                Provisioning. Could you send the names of your groups? Then I prepare the mapping."),
            Them("Sent as a list. The pattern is WMS-<site>-<role>, for instance WMS-{site}-picker."),
            Look(
                "A good pattern, so one rule is enough for all of them. The connection is ready in your test \
                workspace.",
            ),
            Note("Groups with & in the name break our rule editor, escape them by hand. Bug is known."),
            Colleague(
                "Identity team here: test run was fine, {n} users created, 2 removed. Can we go live on \
                Wednesday?",
            ),
            Done("It is live. First run: {n} users, no conflicts. The report comes every morning to both of you."),
        ],
    ),
    on(
        Access,
        "Roles",
        &["Auditor needs read access to {site} for two weeks", "Temporary read-only access for audit ({month})"],
        "Our auditor needs to see stock movements and stocktakings of {site} until the end of the month. Read only, \
            please, and ending by itself.",
        &[
            Done(
                "Hi {first}, there is a role for that: \"Auditor\". I set an invitation up that ends on the last day \
                of the month, you only need to enter the address. It does not count as a paid user.",
            ),
            Note("Auditor seats are free, limit is three a year. Second one for them."),
            Them("Perfect, thank you."),
        ],
    ),
    on(
        Access,
        "API keys",
        &["API key ending in {link} appeared in a public repository", "Leaked key ending in {link}: please revoke"],
        "One of our developers pushed an API key to a public repository. It was up for about {n} minutes. The key \
            ends in {link}. Please revoke it and check if it was used by somebody else.",
        &[
            Look(
                "Hello {first}, revoked at {time}. It is good that you tell us at once. I am going through the \
                accesses of the last day.",
            ),
            Note(
                "One access from an unknown network 4 min after the push, GET /v2/sites, nothing more. A bot. \
                Security has the full log, send the summary only after they have approved it.",
            ),
            Escalate("Our security team is looking at one access that does not come from your network."),
            Done(
                "The result: one request by a bot that collects keys, it read the names of your sites and nothing \
                else, then the key was dead. The written report is with your administrators.",
            ),
            Them("Thank you for the fast reaction. We put a secret scanner in front of the repository."),
        ],
    ),
    on(
        Access,
        "Roles",
        &[
            "{othersite} sees orders of {site}, is that intended?",
            "Site permissions: team of {othersite} sees too much",
        ],
        "Since the reorganisation the team of {othersite} sees all orders of {site}. They should not, it is a \
            different legal entity. Who changed that? I would like to see it in a log.",
        &[
            Look(
                "Hi {first}, on {date} an administrator of yours put both sites into one group, and site permissions \
                are inherited from it. The log is under Settings > Audit, filter \"groups\".",
            ),
            Ask("Shall I separate them again? It affects {n} people at {othersite}, from the next time they load a \
                page."),
            Them("Yes please. And thank you for pointing to the log, I did not know it."),
            Note("It was the requester who changed it, by the log. No need to rub it in."),
            Done("They are separated, and groups across legal entities now ask for a confirmation."),
        ],
    ),
    on(
        Access,
        "Single sign-on",
        &["Can external users ({carrier}) sign in without SSO?", "SSO for us, password for {carrier}"],
        "We want to force SSO for our own people, but {carrier} has two dispatchers who need to see the dock \
            calendar, and they are not in our directory. Does that work together?",
        &[
            Look(
                "Hello {first}, it does: SSO is forced by e-mail domain. People with another domain sign in with a \
                password and a second factor.",
            ),
            Them("And can we limit them to the dock calendar?"),
            Done("Yes, with the role \"Dock guest\". I have written down the three steps in your workspace notes."),
            Note("Upsell: guest portal. They did not ask, do not push."),
        ],
    ),
];

/// For customers who write Arabic.
pub const ARABIC: &[Scenario] = &[
    on(
        Bug,
        "Labels",
        &["ملصقات الشحن لا تُطبع في مستودع {site} منذ {date}", "طابعة {printer} لا تطبع الملصقات العربية"],
        "السلام عليكم،\n\nمنذ {date} لا تُطبع الملصقات في {site}. الطابعة {printer} تعمل وتطبع صفحة الاختبار، لكن \
            الملصقات تبقى في قائمة الانتظار. لدينا {n} طردًا بانتظار الشحن اليوم.\n\nرقم أول شحنة متوقفة: {shipment}",
        &[
            Ask("وعليكم السلام {first}، شكرًا على التفاصيل. هل تم تغيير عنوان الشبكة (IP) للطابعة مؤخرًا؟ تجدونه في \
                صفحة الإعدادات المطبوعة."),
            Them("نعم، غيّر قسم تقنية المعلومات الشبكة يوم أمس. العنوان الجديد 10.20.0.{n}"),
            Note("العميل غيّر الشبكة دون إبلاغنا، وهذه المرة الثالثة. اقترحوا عليهم اسمًا ثابتًا بدل العنوان."),
            Done("تم تحديث العنوان، وخرجت كل الملصقات المتوقفة. إذا بقي شيء فنحن هنا."),
            Them("كل شيء يعمل الآن، جزاكم الله خيرًا 🙏"),
        ],
    ),
    on(
        Billing,
        "VAT",
        &["الفاتورة {invoice} لا تحتوي على الرقم الضريبي", "طلب تصحيح الفاتورة {invoice}"],
        "الفاتورة {invoice} بمبلغ {amount} يورو لا تحتوي على رقمنا الضريبي، ولا يقبلها قسم المحاسبة. نرجو إصدار \
            فاتورة مصححة.",
        &[
            Look("مرحبًا {first}، وصلنا الطلب ونعمل على إصدار فاتورة مصححة."),
            Note("الرقم الضريبي موجود في العقد ولم يُنقل إلى نظام الفوترة. راجعوا بقية عملاء المنطقة."),
            Done("أرسلنا الفاتورة المصححة إلى قسم المحاسبة، وسيظهر الرقم في كل الفواتير القادمة."),
        ],
    ),
    on(
        Bug,
        "Inventory",
        &["كمية الصنف {sku} غير صحيحة بعد الجرد", "فرق في المخزون: النظام {count} والفعلي أقل بـ {n}"],
        "بعد جرد {month} ظهر فرق قدره {n} قطعة في الصنف {sku} بمستودع {site}. راجعنا الحركات ولم نجد السبب. هل يمكنكم \
            التحقق من سجل النظام؟",
        &[
            Look("مرحبًا {first}، بدأنا بمراجعة سجل الحركات للصنف {sku}."),
            Escalate("وجدنا أن حركة تحويل من {othersite} سُجلت مرتين، وأحلنا الأمر إلى فريق التطوير."),
            Note("خطأ معروف عند انقطاع الاتصال أثناء التحويل. لا تذكروا موعدًا للإصلاح."),
            Colleague("أنا من قسم المراجعة، وأحتاج إلى تقرير بالتصحيح من فضلكم."),
            Fix("تم الإصلاح وسيُنشر مع التحديث القادم."),
            Done("تم تصحيح الكمية، وتقرير التصحيح في صفحة التنزيلات."),
        ],
    ),
    on(
        Feature,
        "Dashboards",
        &["إضافة التقويم الهجري إلى تقارير {site}", "عرض التاريخ الهجري بجانب الميلادي في تقرير {month}"],
        "نحتاج إلى ظهور التاريخ الهجري بجانب الميلادي في التقارير الشهرية، لأن بعض الجهات لدينا تطلبه.",
        &[
            Ask("فكرة جيدة {first}. هل المطلوب في ملفات PDF فقط أم في الشاشات أيضًا؟"),
            Them("في ملفات PDF يكفي حاليًا."),
            Look("شكرًا، أضفنا الطلب إلى قائمة التطوير."),
            Note("ثلاثة عملاء آخرون طلبوه. الجهد صغير لأن المكتبة تدعمه."),
            Done("أصبح التاريخ الهجري متاحًا في ملفات PDF ابتداءً من الإصدار {version}."),
        ],
    ),
    on(
        Access,
        "Roles",
        &["إضافة {n} مستخدمين جدد لمستودع {site}", "صلاحيات الدخول لموظفي الوردية الليلية في {site}"],
        "سيبدأ {n} موظفين جدد يوم الأحد في الوردية الليلية بمستودع {site}. نرجو منحهم صلاحية «المستودع» دون رؤية \
            الأسعار.",
        &[
            Done("مرحبًا {first}، تمت إضافتهم جميعًا ووصلت الدعوات إلى بريدهم. دور «المستودع» لا يعرض الأسعار."),
            Note("تجاوزوا الحد بمستخدمين اثنين، وافقت عليه إدارة الحساب لهذا الشهر فقط."),
            Them("شكرًا جزيلًا على السرعة."),
        ],
    ),
    on(
        Bug,
        "API",
        &["خطأ 500 من واجهة API عند إرسال الطلب {order}", "الواجهة /v2/orders ترفض الأسماء العربية (request {request})"],
        "عند إرسال الطلب {order} يرجع الخطأ التالي:\n\n\
            POST /v2/orders → 500 Internal Server Error\nrequest id: {request}\n\n\
            الطلبات التي فيها أسماء لاتينية تعمل، والخطأ يظهر فقط عندما يكون اسم المستلم بالعربية، مثل «{first}».",
        &[
            Look("مرحبًا {first}، استطعنا تكرار الخطأ من جانبنا."),
            Escalate("السبب هو طول الاسم بالبايت لا بالحروف. فريق التطوير يعمل عليه الآن."),
            Note("حد العمود 64 بايت، والاسم العربي يأخذ ضعف المساحة. تحتاج إلى ترحيل لقاعدة البيانات."),
            Fix("الإصلاح جاهز وسيُنشر مساء اليوم."),
            Done("تم النشر، والطلب {order} مسجل الآن. شكرًا على صبركم."),
        ],
    ),
    on(
        Bug,
        "Carrier connections",
        &["تتبع الشحنة {shipment} متوقف عند «تم الإعلان» مع أن المستلم أكد استلامها بتاريخ {date}، ولدينا {n} شحنات \
                أخرى من شركة {carrier} في الحالة نفسها منذ بداية الأسبوع ولا نعرف ماذا نقول للعملاء الذين يتصلون بنا \
                كل يوم"],
        "الشحنة {shipment} وصلت إلى المستلم، لكن صفحة التتبع ما زالت تعرض «تم الإعلان». معها {n} شحنات أخرى مع \
            {carrier}.",
        &[
            Ask("مرحبًا {first}، هل يمكنكم إرسال قائمة بأرقام الشحنات الأخرى؟"),
            Them("أرسلت القائمة بالبريد تحت الرقم {order}."),
            Note("شركة النقل غيّرت صيغة الأحداث دون إشعار، مثل المرة السابقة."),
            Done("تم تحديث حالة كل الشحنات في القائمة، وصفحة التتبع تعرض وقت التسليم الصحيح."),
        ],
    ),
];

/// For customers who write Danish.
pub const DANISH: &[Scenario] = &[
    on(
        Bug,
        "Labels",
        &["Æ, Ø og Å mangler på fragtlabels fra {site}", "{printer} skriver \"Sm?rrebr?d\" på labels"],
        "Siden opdateringen til {version} mangler æ, ø og å på vores labels. {carrier} har sendt {n} pakker retur, \
            fordi adressen ikke kunne læses.",
        &[
            Look("Hej {first}, tak for beskeden. Jeg kan se fejlen på jeres seneste labels."),
            Escalate(
                "Det er tegnsættet for {printer}, som blev nulstillet ved opdateringen. Udviklerne retter det i \
                dag.",
            ),
            Note("Samme fejl som hos de polske kunder. Skriv ikke til andre, før rettelsen er ude."),
            Done("Rettet og udgivet kl. {time}. Prøv gerne en label til \"Ærøskøbing\"."),
            Them("Den er perfekt. Mange tak!"),
        ],
    ),
    on(
        Billing,
        "Invoice",
        &["Faktura {invoice} skal sendes som e-faktura (EAN)", "E-faktura i stedet for PDF fra {month}"],
        "Vi skal fra nu af modtage fakturaer elektronisk via vores EAN-nummer. Kan I også sende {invoice} igen?",
        &[
            Ask("Hej {first}, det kan vi. Hvilket EAN-nummer skal vi bruge?"),
            Them("57980000{link}"),
            Note("Kun store kunder har e-faktura i aftalen, men Ellen siger ja."),
            Done("E-faktura er slået til, og {invoice} er sendt igen."),
        ],
    ),
];

/// For customers who write German.
pub const GERMAN: &[Scenario] = &[
    on(
        Bug,
        "Dock scheduling",
        &[
            "Rampenbelegungsplan {site}: Zeitfensterüberschneidung seit {date}",
            "Rampe {n}: Zeitfenster werden doppelt vergeben",
        ],
        "Guten Tag,\n\nseit {date} werden an Rampe {n} Zeitfenster doppelt vergeben. Heute standen zwei Lkw \
            gleichzeitig am Tor. Bitte um kurzfristige Rückmeldung.\n\nMit freundlichen Grüßen\n{first}",
        &[
            Look(
                "Guten Tag {first}, das darf nicht passieren, und ich sehe es in Ihrem Kalender. Ich kümmere mich \
                sofort darum.",
            ),
            Escalate(
                "Zwei Buchungen in derselben Sekunde wurden beide angenommen. Die Entwicklung arbeitet an der \
                Korrektur.",
            ),
            Note(
                "Bekannter Fehler, siehe Vorfall von letzter Woche. Kunde ist verärgert, bitte nur mit Rücksprache \
                vertrösten.",
            ),
            Fix("Die Korrektur ist fertig und wird heute Nacht eingespielt."),
            Done(
                "Die Korrektur ist eingespielt, doppelte Zeitfenster sind nicht mehr möglich. Vielen Dank für Ihre \
                Geduld.",
            ),
        ],
    ),
    on(
        Billing,
        "Usage",
        &["Rechnung {invoice}: Etikettenanzahl nicht nachvollziehbar", "Rückfrage zu {invoice}"],
        "Auf {invoice} stehen {count} Etiketten. Nach unserer Zählung sind es weniger. Bitte senden Sie uns eine \
            Aufstellung je Tag.",
        &[
            Look("Guten Tag {first}, die Aufstellung lasse ich gerade erstellen."),
            Ask("Sie liegt im Rechnungsarchiv. Stimmt sie mit Ihren Zahlen bis auf die Stornos überein?"),
            Them("Ja, bis auf die Stornos stimmt es. Damit ist es erledigt."),
            Note("Bei der nächsten Preisrunde Stornos klarer regeln, das fragt jeder zweite Kunde."),
            Done("Danke für die Prüfung. Stornos am selben Tag bleiben kostenlos."),
        ],
    ),
];

/// For customers who write Japanese.
pub const JAPANESE: &[Scenario] = &[
    on(
        Bug,
        "Labels",
        &["{site}の送り状ラベルが文字化けする", "{printer}で住所が「???」と印字されます"],
        "お世話になっております。\n\n{date}から、{site}の送り状で漢字が「?」になります。画面上は正しく表示されています。本日の出荷{n}件に影響しています。\n\nご確認をお願いいたします。",
        &[
            Look("{first}様、ご連絡ありがとうございます。こちらでも確認できました。"),
            Ask("プリンターのフォント設定は「内蔵」と「ダウンロード」のどちらになっていますか。"),
            Them("「内蔵」になっています。"),
            Note("内蔵フォントに漢字なし。交換機を送った販売店の設定漏れ。お客様には販売店の名前を出さないこと。"),
            Done("こちらから「ダウンロード」に変更しました。テスト印字が正しく出ることを確認済みです。"),
            Them("直りました。迅速なご対応に感謝いたします。"),
        ],
    ),
    on(
        Feature,
        "Exports",
        &["CSVエクスポートの文字コードにShift_JISを追加してほしい", "基幹システム用にShift_JISで出力したい({site})"],
        "基幹システムがUTF-8を読めないため、毎回手作業で変換しています(1日{n}ファイル)。エクスポートの設定で文字コードを選べると助かります。",
        &[
            Look("{first}様、ご要望ありがとうございます。開発チームに伝えました。"),
            Note("対応は容易だが、変換できない文字の扱いを決める必要あり。時期は約束しない。"),
            Fix("次のリリースで、エクスポートごとに文字コードを選べるようになります。"),
            Done("リリースしました。変換できない文字は「〓」になります。"),
        ],
    ),
];

/// For customers who write Polish.
pub const POLISH: &[Scenario] = &[on(
    Bug,
    "Picking app",
    &["Aplikacja wylogowuje magazynierów w {site}", "Skanery w {site} wylogowują się co kilka minut"],
    "Dzień dobry, od {date} około {n} skanerów wylogowuje się w trakcie kompletacji. Po zalogowaniu lista zaczyna \
            się od początku. Prosimy o pilną pomoc.",
    &[
        Ask("Dzień dobry {first}, czy zasięg Wi-Fi w tej części hali jest słabszy niż gdzie indziej?"),
        Them("Tak, za regałami chłodniczymi."),
        Note("Czas sesji ustawiony przez bezpieczeństwo na 5 minut. Zmieniamy ręcznie u każdego, kto zgłosi."),
        Look("Dziękuję. Wydłużyłem czas sesji do 30 minut, proszę sprawdzić na następnej zmianie."),
        Done("Od dwóch dni nie widać żadnego wylogowania, zamykam więc zgłoszenie."),
    ],
)];

/// For customers who write Portuguese.
pub const PORTUGUESE: &[Scenario] = &[
    on(
        Bug,
        "Carrier connections",
        &["Não conseguimos emitir etiquetas da {carrier} desde {date}", "Erro ao reservar coleta com {carrier}"],
        "Bom dia! Desde {date} toda coleta com {carrier} dá erro \"código de produto desconhecido\". Temos {n} \
            pedidos parados, o mais antigo é {order}.",
        &[
            Look("Bom dia, {first}! A transportadora mudou os códigos de serviço, já estamos atualizando."),
            Note("Avisaram só por PDF no portal deles. Rui ficou de acompanhar."),
            Done("Pronto: os {n} pedidos foram reservados e as etiquetas estão na fila de impressão."),
            Them("Funcionou, valeu pela rapidez! 🚚"),
        ],
    ),
    on(
        Access,
        "Two-factor",
        &["Troquei de celular em {date} e não consigo entrar", "Redefinir segundo fator de autenticação"],
        "Troquei de celular e o aplicativo de autenticação ficou no antigo. Não consigo mais entrar no sistema.",
        &[
            Ask("Oi, {first}! Um administrador da empresa precisa confirmar: Usuários > seu nome > Redefinir segundo \
                fator. Pode pedir a alguém?"),
            Them("Já fizeram, consegui entrar."),
            Note("Segundo pedido da mesma pessoa em dois meses, sugerir chave física."),
            Done("Que bom! Guarde os novos códigos de recuperação em lugar seguro."),
        ],
    ),
];

/// Work of the vendor that customers are shown.
pub const SHARED_WORK: &[Scenario] = &[
    on(
        Internal,
        "Onboarding",
        &["Onboarding of {othersite}: plan and dates", "Go-live of {othersite} for {company}"],
        "Plan for connecting {othersite}:\n\n\
            1. Master data import (items, locations)\n2. Printers and handhelds\n3. Carrier contracts: {carrier}\n4. \
            Two days on site\n5. Go-live\n\nPlease tell us here when something on your side changes.",
        &[
            Look("Items and locations are imported, {count} items in all. Printers come next."),
            Them("Our electrician is late, the printers cannot be installed before next week."),
            Note("They underestimate the cabling. Keep two buffer days for the consultant, booked on us."),
            Ask("No problem, we moved the days on site. Could you confirm the new go-live date?"),
            Them("Confirmed."),
            Done("{othersite} is live. {n} orders were shipped on the first day."),
        ],
    ),
    on(
        Internal,
        "Infrastructure",
        &[
            "Move of {company}, {site}, to the new database cluster",
            "Planned maintenance for {company}: database move, {version}",
        ],
        "We are moving your workspace to a newer database cluster. There will be a read-only period of at most ten \
            minutes, at night, at a time that suits your shifts. Nothing has to be done on your side.",
        &[
            Ask("Which night suits you best, in the week after next?"),
            Them("Tuesday to Wednesday, between 1 and 4."),
            Note("Their tenant is the biggest on the old cluster, rehearse the move twice. Fallback is the snapshot."),
            Look("Noted and planned. We will write here when it starts and when it is over."),
            Done(
                "Moved in four minutes. All checks are green, the morning shift should not notice anything but \
                speed.",
            ),
        ],
    ),
    on(
        Internal,
        "Infrastructure",
        &["Renewal of the SFTP key used for {site}", "New SFTP host key, please update the job at {site}"],
        "Our SFTP server gets a new host key. The fingerprint is published at \
            https://docs.quayhaven.example/sftp/fingerprints. If your job pins the key, please add the new one before \
            the date in this ticket.",
        &[
            Ask("Could you confirm that the new key is known to your job?"),
            Them("Added, both keys are accepted now."),
            Note("Customers who did not confirm get a call on the day before."),
            Done("Thank you. The old key is out of use since {time}."),
        ],
    ),
    on(
        Internal,
        "Data",
        &["Restore of the deleted item master data at {site}", "Recovery of {count} deleted items"],
        "Somebody deleted {count} items at {site} with an import file on {date}. We are restoring them from the \
            backup of the night before, as agreed on the phone.",
        &[
            Look("The backup is loaded into a separate database, we are comparing."),
            Colleague("The planner here: please leave items starting with ZZ out, those were meant to go."),
            Note("Charge two hours according to the contract? Ellen decides, do not mention costs yet."),
            Done("All items are back, except those starting with ZZ. Stock and batches are as they were."),
        ],
    ),
];

/// Work of the vendor that customers never see.
pub const HIDDEN_WORK: &[Scenario] = &[
    on(
        Internal,
        "Account",
        &["Prepare renewal call with {company} after {month}", "{company}: usage review of {month} before renewal"],
        "Internal only. Usage is up by {n} %, three open complaints, price list of two years ago. Collect figures and \
            a proposal before the call. Floor is {amount} EUR a month.",
        &[Look(""), Done("")],
    ),
    on(
        Internal,
        "Data",
        &["Clean up duplicate registrations of print agents ({company})", "Run printer clean-up script for {site}"],
        "Internal only. Dry run first, {n} registrations expected. The customer has not been told and need not be.",
        &[Look(""), Escalate(""), Done("")],
    ),
    on(
        Internal,
        "Infrastructure",
        &["Raise worker memory for {company}", "Slow queries of tenant {company} in {month}"],
        "Internal only. Slowest query takes {n} s, index on (site, updated_at) is missing since the split. Not to be \
            mentioned as a defect, SLA is met.",
        &[Look(""), Escalate(""), Fix(""), Done("")],
    ),
    on(
        Internal,
        "Account",
        &["Check the overdue account of {company}", "{company} pays late again: {invoice}"],
        "Internal only. {invoice} over {amount} EUR is {n} days late. Support goes on as usual, finance talks to them.",
        &[Look(""), Done("")],
    ),
    on(
        Internal,
        "Data",
        &["Delete personal data of leavers at {company}", "Erasure request, {company}, {n} people"],
        "Internal only. Erasure deadline is 30 days. Log the run in the register, do not copy names into this ticket.",
        &[Look(""), Done("")],
    ),
];

/// What links the tickets that one fault caused. Customers never see it.
pub const INCIDENTS: &[Scenario] = &[
    on(
        Incident,
        "Webhooks",
        &["Webhook dispatcher backlog, {count} events", "Dispatcher queue not draining since {time}"],
        "Consumer group lost its lease after the deployment of {version}. {n} tenants affected. Mitigation: restart \
            by hand, then raise the lease time.",
        &[Look(""), Escalate(""), Fix(""), Done("")],
    ),
    on(
        Incident,
        "Labels",
        &[
            "Label rendering errors above 2 % in region eu-2 since {time}",
            "Label renderer out of memory, {count} labels failed",
        ],
        "Large logos are decoded once for each label. {count} failed labels within {n} minutes, retried by the \
            stations. Root cause in the renderer, see the postmortem.",
        &[Look(""), Escalate(""), Done("")],
    ),
    on(
        Incident,
        "Database",
        &["Failover of cluster 3 on {date} took {n} minutes", "Primary of cluster 3 unreachable at {time}"],
        "Automatic failover waited for a replica that was rebuilding. Status page was updated {n} minutes late. \
            Action items: alert on replica lag, practise once a quarter.",
        &[Look(""), Escalate(""), Fix(""), Done("")],
    ),
    on(
        Incident,
        "Carrier connections",
        &["{carrier} gateway down, {count} bookings queued", "Time-outs at {carrier} since {time}"],
        "Their side, not ours. Bookings are queued and sent when they are back. {count} in the queue.",
        &[Look(""), Done("")],
    ),
];
