//! Image and manifests, as far as they can be checked without a container engine or a cluster.

use std::path::PathBuf;
use std::process::Command;

fn deploy(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy").join(path)
}

fn tool(name: &str) -> Command {
    Command::new(format!("{}/{name}", std::env::var("TOOLS").expect("make test sets TOOLS")))
}

fn manifests() -> Vec<PathBuf> {
    let kustomization = std::fs::read_to_string(deploy("kubernetes/kustomization.yaml")).expect("it is there");
    let listed =
        kustomization.lines().filter_map(|line| line.trim().strip_prefix("- ")).filter(|l| l.ends_with(".yaml"));
    listed.map(|name| deploy("kubernetes").join(name)).collect()
}

#[test]
fn every_manifest_that_is_listed_is_valid_by_the_schema() {
    let manifests = manifests();
    assert_eq!(manifests.len(), 5);
    for path in manifests {
        let said = tool("kubernetes-validate").arg("--strict").arg(&path).output().expect("it runs");
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert!(said.status.success(), "{}: {text}", path.display());
    }
}

#[test]
fn the_pod_runs_with_no_more_rights_than_it_needs() {
    let deployment = std::fs::read_to_string(deploy("kubernetes/deployment.yaml")).expect("it is there");
    for line in [
        "runAsNonRoot: true",
        "type: RuntimeDefault",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "drop: [ALL]",
        "automountServiceAccountToken: false",
    ] {
        assert!(deployment.contains(line), "no {line}");
    }
}

#[test]
fn the_dockerfile_has_no_fault_that_hadolint_knows() {
    let said = tool("hadolint").arg(deploy("Dockerfile")).output().expect("it runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

#[test]
fn every_flag_of_image_and_manifests_exists() {
    let help = Command::new(crate::support::BINARY).args(["serve", "--help"]).output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for file in ["Dockerfile", "kubernetes/deployment.yaml"] {
        let text = std::fs::read_to_string(deploy(file)).expect("it is there");
        let serving = text.lines().filter(|line| line.starts_with("CMD") || line.trim().starts_with("- --"));
        for flag in serving.flat_map(|line| line.split(['"', ' ', '='])).filter(|part| part.starts_with("--")) {
            assert!(help.contains(flag), "{file} has {flag}");
        }
    }
}
