#[derive(Debug, Clone)]
pub struct Person {
    pub contact: &'static str,
    pub name: &'static str,
    pub what: &'static str,
}
pub async fn load(_app: &web::App) -> Result<Vec<Person>, Box<dyn std::error::Error>> {
    Ok(vec![])
}
