//! The logo that teammates upload: what is taken, where it is shown, and who may (docs/product.md, The logo).

use crate::settings::fresh;
use e2e::{Site, read, scene};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

const PATH: &str = "/helpdesk/settings/logo";

/// A PNG of so many bytes, as far as anybody looks at it here.
fn png(bytes: usize, mark: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10\x08\x06\0\0\0crc!".to_vec();
    let end = b"\0\0\0\0IEND\xaeB`\x82";
    png.resize(bytes - end.len(), mark);
    png.extend(end);
    png
}

/// A form as browsers send it: names, names of files, and contents.
fn multipart(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in fields {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/html")).unwrap_or_default();
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

fn form(site: &Site, body: Vec<u8>) -> RequestBuilder {
    let request = site.request(Method::POST, PATH).header("content-type", "multipart/form-data; boundary=edge");
    request.body(body)
}

fn by_grace(site: &Site, request: RequestBuilder) -> RequestBuilder {
    request.bearer_auth(site.teammate_token(scene::GRACE))
}

async fn upload(site: &Site, version: &str, file: &[u8]) -> Response {
    let fields = [("version", None, version.as_bytes()), ("logo", Some("x.html"), file), ("do", None, b"upload")];
    by_grace(site, form(site, multipart(&fields))).send().await.unwrap()
}

async fn remove(site: &Site, version: &str) -> Response {
    // A browser sends the empty choice of a file with it.
    let fields = [("version", None, version.as_bytes()), ("logo", Some(""), b"".as_slice()), ("do", None, b"remove")];
    by_grace(site, form(site, multipart(&fields))).send().await.unwrap()
}

async fn settings(site: &Site) -> Value {
    site.desk_get("/settings").await.1
}

async fn page(site: &Site, path: &str) -> (String, String) {
    let answer = by_grace(site, site.get(path)).header("cookie", site.cookies("ada").await);
    let answer = if path.starts_with("/helpdesk") { answer } else { site.get_as("ada", path) }.send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let images = policy.split("img-src ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    (images, answer.text().await.unwrap())
}

#[tokio::test]
async fn an_uploaded_logo_is_on_every_page_and_nothing_else_is_let_in_for_it() {
    let site = Site::start().await;
    let mut elsewhere = scene::settings();
    elsewhere["brand"]["logo_url"] = json!("https://cdn.vendor.example/l.png");
    e2e::load(&site.store, &[elsewhere]).await;
    let (images, shown) = page(&site, "/tickets").await;
    assert_eq!(images, "data: https://cdn.vendor.example");
    assert!(shown.contains(r#"<img src="https://cdn.vendor.example/l.png""#));

    let image = png(64 * 1024, 7);
    let saved = upload(&site, "2", &image).await;
    assert_eq!(
        (saved.status().as_u16(), &saved.headers()["location"]),
        (303, &"/helpdesk/settings?done=saved#logo".parse().unwrap())
    );
    let read = settings(&site).await;
    let url = read["logo"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/embed/logo/", site.origin)), "{url}");
    assert_eq!((&read["version"], &read["brand"]["logo_url"]), (&json!(3), &json!("https://cdn.vendor.example/l.png")));

    for path in
        ["/tickets", "/tickets/tk-1", "/tickets/missing", "/helpdesk", "/helpdesk/settings", "/helpdesk/settings/types"]
    {
        let (images, shown) = page(&site, path).await;
        assert_eq!(images, format!("data: {url}"), "{path}");
        assert!(shown.contains(&format!(r#"<img src="{url}" alt="" height="28">"#)), "{path}");
    }
    let (_, shown) = page(&site, "/helpdesk/settings").await;
    assert!(shown.contains("</bdi> uploaded a logo") && shown.contains("Remove the logo"));

    // Anybody may see it, from any page, and keep it.
    let path = url.strip_prefix(&site.origin).unwrap();
    let answer =
        site.get(path).header("accept-encoding", "gzip").header("origin", "https://evil.example").send().await.unwrap();
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    assert!(!answer.headers().contains_key("content-encoding") && !answer.headers().contains_key("set-cookie"));
    assert!(answer.bytes().await.unwrap() == image);
    for nothing in ["/embed/logo/x", "/embed/logo/%2e%2e", "/embed/logo/SETTINGS", "/embed/logo/"] {
        assert_eq!(site.get(nothing).send().await.unwrap().status(), 404, "{nothing}");
    }
}

#[tokio::test]
async fn a_logo_is_replaced_and_taken_away_over_what_was_read_and_stays_for_pages_that_are_open() {
    let site = Site::start().await;
    assert_eq!(upload(&site, "1", &png(100, 1)).await.status(), 303);
    let first = settings(&site).await["logo"].as_str().unwrap().to_owned();
    let late = upload(&site, "1", &png(100, 2)).await;
    assert_eq!(late.status(), 409);
    let late = late.text().await.unwrap();
    assert!(
        late.contains("Nothing is saved. Somebody has changed the settings")
            && late.contains(r#"name="version" value="2""#)
    );
    assert_eq!(settings(&site).await["logo"], first);
    // The same once more changes nothing.
    let before = site.items().await;
    assert_eq!(upload(&site, "2", &png(100, 1)).await.status(), 303);
    assert_eq!(site.items().await, before);

    assert_eq!(upload(&site, "2", &png(100, 2)).await.status(), 303);
    let second = settings(&site).await["logo"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    // What others change, by the page, the API or an import, leaves it.
    let wanted = json!({"enabled": true, "sign_in_url": null, "brand": {"name": "Other"}, "audience": [],
        "visibility": {"restrict": false, "conditions": []}, "version": 3});
    let (status, answer) = site.desk_send(Method::PUT, "/settings", &wanted).await;
    assert_eq!((status, &answer["logo"]), (200, &json!(second)));
    e2e::load(&site.store, &[scene::settings()]).await;
    let read = settings(&site).await;
    assert_eq!((&read["logo"], &read["brand"]["name"]), (&json!(second), &json!("Vendor")));

    let version = read["version"].to_string();
    assert_eq!(remove(&site, "1").await.status(), 409);
    assert_eq!(remove(&site, &version).await.status(), 303);
    assert_eq!(settings(&site).await["logo"], Value::Null);
    let (images, shown) = page(&site, "/tickets").await;
    assert_eq!((images.as_str(), shown.contains("/embed/logo/")), ("data:", false));
    for (url, mark) in [(&first, 1), (&second, 2)] {
        let kept = site.get(url.strip_prefix(&site.origin).unwrap()).send().await.unwrap();
        assert!(kept.bytes().await.unwrap() == png(100, mark), "{url}");
    }
    let expiring =
        site.items().await.into_iter().filter(|(key, it)| key.contains("LOGO#") && it["expires"].is_object());
    assert_eq!(expiring.count(), 2);
    let changes = site.store.settings_changes().await.unwrap();
    let of_logo: Vec<_> = changes.iter().filter(|it| it.change.setting == "logo").collect();
    assert_eq!(of_logo.len(), 3);
    assert!(of_logo.iter().all(|it| domain::desk::who(&it.by).as_deref() == Some("Grace")));
    // One that was taken away can come back.
    let version = settings(&site).await["version"].to_string();
    assert_eq!(upload(&site, &version, &png(100, 2)).await.status(), 303);
    let expiring =
        site.items().await.into_iter().filter(|(key, it)| key.contains("LOGO#") && it["expires"].is_object());
    assert_eq!(expiring.count(), 1);
    site.assert_clean().await;
}

#[tokio::test]
async fn what_is_no_logo_is_refused_with_its_reason_and_changes_nothing() {
    let site = Site::start().await;
    let before = site.items().await;
    let broken = png(100, 0)[..40].to_vec();
    for (file, why) in [
        (b"".to_vec(), "Logo: no file was chosen, or it is empty."),
        (png(64 * 1024 + 1, 0), "Logo: the file is larger than 64 KB."),
        (png(500_000, 0), "Logo: the file is larger than 64 KB."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "Logo: an SVG can hold programs"),
        (b"<script>alert(1)</script>".to_vec(), "Logo: the file is no PNG, JPEG or WebP image."),
        (b"GIF89a\x01\0\x01\0".to_vec(), "Logo: the file is no PNG, JPEG or WebP image."),
        (broken, "Logo: the image is cut off or damaged."),
    ] {
        let refused = upload(&site, "1", &file).await;
        assert_eq!(refused.status(), 422, "{why}");
        let shown = refused.text().await.unwrap();
        assert!(shown.contains(&format!("Nothing is saved. {why}")), "{why}: {shown}");
    }
    let good = png(100, 0);
    let version = ("version", None, b"1".as_slice());
    let (file, press) = (("logo", Some("l.png"), good.as_slice()), ("do", None, b"upload".as_slice()));
    for (what, fields) in [
        ("no version", vec![file, press]),
        ("no number", vec![("version", None, b"one".as_slice()), file, press]),
        ("no button", vec![version, file]),
        ("another button", vec![version, file, ("do", None, b"save".as_slice())]),
        ("a field too many", vec![version, file, press, ("name", None, b"x".as_slice())]),
        ("two files", vec![version, file, file, press]),
        ("nothing", vec![]),
    ] {
        let answer = by_grace(&site, form(&site, multipart(&fields))).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{what}");
    }
    let whole = multipart(&[version, press, file]);
    for length in [0, 1, 20, 60, whole.len() / 2, whole.len() - 12] {
        let answer = by_grace(&site, form(&site, whole[..length].to_vec())).send().await.unwrap();
        assert_eq!(answer.status(), 400, "cut off after {length}");
    }
    for (media_type, body, status) in [
        ("multipart/form-data", whole.clone(), 400),
        ("multipart/form-data; boundary=", whole.clone(), 400),
        ("multipart/form-data; boundary=other", whole.clone(), 400),
        ("application/x-www-form-urlencoded", b"version=1&do=upload".to_vec(), 415),
        ("image/png", good.clone(), 415),
        ("multipart/form-data; boundary=edge", vec![b'x'; 1_100_000], 413),
    ] {
        let request = site.request(Method::POST, PATH).header("content-type", media_type).body(body);
        assert_eq!(by_grace(&site, request).send().await.unwrap().status().as_u16(), status, "{media_type}");
    }
    let odd = by_grace(
        &site,
        site.request(Method::POST, &format!("{PATH}?x=1"))
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(whole),
    );
    assert_eq!(odd.send().await.unwrap().status(), 400);
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn nobody_but_a_teammate_on_a_page_of_the_portal_changes_the_logo() {
    let site = fresh().await;
    let before = site.items().await;
    let body = multipart(&[("version", None, b"2"), ("do", None, b"upload"), ("logo", Some("l.png"), &png(100, 0))]);
    let session = site.cookies("ada").await;
    for (what, request, status) in [
        ("nobody", form(&site, body.clone()), 401),
        ("a contact", form(&site, body.clone()).bearer_auth(site.token("ada")), 401),
        ("a contact's session", form(&site, body.clone()).header("cookie", session), 401),
        (
            "another site's page",
            by_grace(&site, form(&site, body.clone())).header("origin", "https://evil.example"),
            403,
        ),
        ("a page of no origin", by_grace(&site, form(&site, body.clone())).header("origin", "null"), 403),
    ] {
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{what}");
    }
    for method in [Method::PUT, Method::DELETE, Method::GET] {
        let (status, _) =
            read(by_grace(&site, site.request(method, "/api/helpdesk/settings/logo")).send().await.unwrap()).await;
        assert_eq!(status, 404);
    }
    assert_eq!(site.items().await, before);
}
