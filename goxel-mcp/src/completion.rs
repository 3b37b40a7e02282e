//! Completion: what an argument of a prompt, or a part of a resource's URI, may be.

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};

use crate::prompts;
use crate::resources::{Project, templates};

/// The argument that names a project, in URIs and prompts alike.
const PROJECT: &str = "project_id";

/// Whether an answer takes the list of projects.
pub(crate) fn wants_projects(request: &CompleteRequestParams) -> bool {
    request.argument.name == PROJECT
}

/// How an argument may go on.
///
/// # Errors
/// Where there is no such prompt, template or argument.
pub(crate) fn complete(
    request: &CompleteRequestParams,
    projects: &[Project],
) -> Result<CompleteResult, ErrorData> {
    let argument = request.argument.name.as_str();
    let is_known = match &request.r#ref {
        Reference::Prompt(prompt) => prompts::takes(&prompt.name, argument)?,
        Reference::Resource(resource) => {
            let known = templates().into_iter().any(|one| one.uri_template == resource.uri);
            known && resource.uri.contains(&format!("{{{argument}}}"))
        }
        _ => false,
    };
    if !is_known {
        let what = format!(
            "no argument {argument:?} there: prompts/list and resources/templates/list name them"
        );
        return Err(ErrorData::invalid_params(what, None));
    }
    let begun = request.argument.value.as_str();
    // By name too: a model and a person know a project by that.
    let fits = |project: &&Project| {
        project.id.starts_with(begun)
            || project.name.to_lowercase().starts_with(&begun.to_lowercase())
    };
    let fitting: Vec<_> = projects.iter().filter(fits).map(|project| project.id.clone()).collect();
    let total = u32::try_from(fitting.len()).ok();
    let has_more = fitting.len() > CompletionInfo::MAX_VALUES;
    let values = fitting.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let info = CompletionInfo::with_pagination(values, total, has_more)
        .map_err(|what| ErrorData::internal_error(what, None))?;
    Ok(CompleteResult::new(info))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::ArgumentInfo;

    fn projects(count: usize) -> Vec<Project> {
        let one = |n| Project { id: format!("{n:010}"), name: format!("Castle {n}") };
        (0..count).map(one).collect()
    }

    fn values(reference: Reference, name: &str, value: &str) -> Result<Vec<String>, ErrorData> {
        let request = CompleteRequestParams::new(reference, ArgumentInfo::new(name, value));
        complete(&request, &projects(120)).map(|result| result.completion.values)
    }

    #[test]
    fn projects_by_id_or_name() {
        let template = || Reference::for_resource("goxel://projects/{project_id}/layers");
        assert_eq!(values(template(), "project_id", "").unwrap().len(), 100);
        assert_eq!(values(template(), "project_id", "castle 119").unwrap(), ["0000000119"]);
        assert_eq!(values(template(), "project_id", "000000011").unwrap().len(), 10);
        assert!(values(template(), "project_id", "x").unwrap().is_empty());
        assert_eq!(values(Reference::for_prompt("repair"), "project_id", "").unwrap().len(), 100);
    }

    #[test]
    fn what_is_not_there() {
        for (reference, name) in [
            (Reference::for_resource("goxel://projects/{project_id}/layers"), "layer"),
            (Reference::for_resource("goxel://other/{project_id}"), "project_id"),
            (Reference::for_prompt("repair"), "colour"),
            (Reference::for_prompt("none"), "project_id"),
        ] {
            assert!(values(reference, name, "").is_err(), "{name}");
        }
    }
}
