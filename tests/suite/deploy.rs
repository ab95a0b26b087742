//! Image and manifests, as far as they can be checked without a container engine or a cluster.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

const OVERLAYS: [&str; 2] = ["sqlite", "postgres"];

fn deploy(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy").join(path)
}

fn tool(name: &str) -> Command {
    Command::new(format!("{}/{name}", std::env::var("TOOLS").expect("make test sets TOOLS")))
}

/// An overlay as a cluster would get it.
fn rendered(overlay: &str) -> String {
    let said = Command::new(std::env::var("KUBECTL").expect("make test sets KUBECTL"))
        .arg("kustomize")
        .arg(deploy("kubernetes/overlays").join(overlay))
        .output()
        .expect("it runs");
    assert!(said.status.success(), "{overlay}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).expect("text")
}

/// The documents of a YAML text.
fn documents(text: &str) -> Vec<Value> {
    use std::io::Write;
    let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
    let mut python = tool("python3")
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    python.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    serde_json::from_slice(&python.wait_with_output().expect("it ends").stdout).expect("JSON")
}

fn of_kind<'a>(documents: &'a [Value], kinds: &[&str]) -> Vec<&'a Value> {
    documents.iter().filter(|document| kinds.iter().any(|kind| document["kind"] == *kind)).collect()
}

#[test]
fn every_overlay_renders_and_is_valid_by_the_schema() {
    for overlay in OVERLAYS {
        let file = tempfile::NamedTempFile::with_suffix(".yaml").expect("a file");
        std::fs::write(file.path(), rendered(overlay)).expect("it is written");
        let said = tool("kubernetes-validate").arg("--strict").arg(file.path()).output().expect("it runs");
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert!(said.status.success(), "{overlay}: {text}");
    }
}

#[test]
fn every_pod_is_restricted_probed_and_has_limits() {
    for overlay in OVERLAYS {
        let documents = documents(&rendered(overlay));
        let workloads = of_kind(&documents, &["Deployment", "StatefulSet"]);
        assert_eq!(workloads.len(), if overlay == "sqlite" { 1 } else { 2 });
        for workload in workloads {
            let pod = &workload["spec"]["template"]["spec"];
            assert_eq!(pod["automountServiceAccountToken"], false);
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
            assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
            assert!(pod["terminationGracePeriodSeconds"].as_i64().expect("seconds") > 25);
            for container in pod["containers"].as_array().expect("containers") {
                let context = &container["securityContext"];
                assert_eq!(context["allowPrivilegeEscalation"], false);
                assert_eq!(context["readOnlyRootFilesystem"], true);
                assert_eq!(context["capabilities"]["drop"], serde_json::json!(["ALL"]));
                assert!(container["resources"]["limits"]["memory"].is_string());
                for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                    assert!(container[probe]["grpc"]["port"].is_number(), "{overlay}: no {probe}");
                }
                // The store's being away ends nobody's life.
                assert!(container["livenessProbe"]["grpc"]["service"].is_null());
            }
            let labels = &workload["spec"]["template"]["metadata"]["labels"];
            let budgets = of_kind(&documents, &["PodDisruptionBudget"]);
            assert!(budgets.iter().any(|budget| budget["spec"]["selector"]["matchLabels"] == *labels), "{overlay}");
        }
        let namespace = of_kind(&documents, &["Namespace"])[0];
        assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted");
        assert_eq!(of_kind(&documents, &["NetworkPolicy"]).len(), 1);
    }
}

#[test]
fn sqlite_has_one_pod_and_a_volume_that_one_pod_mounts() {
    let documents = documents(&rendered("sqlite"));
    let set = of_kind(&documents, &["StatefulSet"])[0];
    assert_eq!(set["spec"]["replicas"], 1);
    let claim = &set["spec"]["volumeClaimTemplates"][0]["spec"];
    assert_eq!(claim["accessModes"], serde_json::json!(["ReadWriteOncePod"]));
    assert!(of_kind(&documents, &["HorizontalPodAutoscaler"]).is_empty());
    let fleet = self::documents(&rendered("postgres"));
    let replicas = of_kind(&fleet, &["Deployment"]).iter().map(|d| d["spec"]["replicas"].as_i64()).collect::<Vec<_>>();
    assert_eq!(replicas, [Some(2), Some(2)]);
}

#[test]
fn the_dockerfile_has_no_fault_that_hadolint_knows() {
    let said = tool("hadolint").arg(deploy("Dockerfile")).output().expect("it runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

/// The flags of a command.
fn help(command: &str) -> String {
    let help = Command::new(crate::support::BINARY).args([command, "--help"]).output().expect("it runs");
    String::from_utf8_lossy(&help.stdout).into_owned()
}

#[test]
fn every_flag_of_image_manifests_and_compose_file_exists() {
    let mut commands: Vec<Vec<String>> = Vec::new();
    let texts =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    for overlay in OVERLAYS {
        for workload in of_kind(&documents(&rendered(overlay)), &["Deployment", "StatefulSet"]) {
            commands.push(texts(&workload["spec"]["template"]["spec"]["containers"][0]["args"]));
        }
    }
    let compose = std::fs::read_to_string(deploy("compose.yaml")).expect("it is there");
    let compose = &documents(&compose)[0];
    for (name, service) in compose["services"].as_object().expect("services") {
        if name != "postgres" {
            commands.push(texts(&service["command"]));
            assert_eq!(
                (&service["read_only"], &service["cap_drop"]),
                (&Value::Bool(true), &serde_json::json!(["ALL"]))
            );
        }
        for secret in service["secrets"].as_array().into_iter().flatten() {
            assert!(compose["secrets"][secret.as_str().expect("a name")]["file"].is_string(), "{secret}");
        }
    }
    let docker = std::fs::read_to_string(deploy("Dockerfile")).expect("it is there");
    let line = docker.lines().find_map(|line| line.strip_prefix("CMD ")).expect("a command");
    commands.push(texts(&serde_json::from_str(line).expect("a list")));
    assert_eq!(commands.len(), 7);
    for command in commands {
        let help = help(&command[0]);
        for flag in command[1..].iter().filter(|flag| flag.starts_with("--")) {
            let flag = flag.split('=').next().expect("a name");
            assert!(
                help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                "{command:?} has {flag}"
            );
        }
    }
}
