//! Image and manifests, as far as they can be checked without a container engine or a cluster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use rules::domain::RunState;

const OVERLAYS: [&str; 2] = ["sqlite", "postgres"];

/// Each overlay alone, with each component that is for it, and with all of them.
const MIXTURES: [(&str, &[&str]); 9] = [
    ("sqlite", &[]),
    ("sqlite", &["monitoring"]),
    ("sqlite", &["tracing"]),
    ("sqlite", &["monitoring", "tracing"]),
    ("postgres", &[]),
    ("postgres", &["autoscaling"]),
    ("postgres", &["monitoring"]),
    ("postgres", &["tracing"]),
    ("postgres", &["autoscaling", "monitoring", "tracing"]),
];

fn deploy(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(deploy(path)).expect("it is there")
}

fn tool(name: &str) -> Command {
    Command::new(format!("{}/{name}", std::env::var("TOOLS").expect("make test sets TOOLS")))
}

/// What kustomize makes of a folder.
fn built(folder: &Path) -> String {
    let said = Command::new(std::env::var("KUBECTL").expect("make test sets KUBECTL"))
        .arg("kustomize")
        .arg(folder)
        .output()
        .expect("it runs");
    assert!(said.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).expect("text")
}

/// An overlay as a cluster would get it.
fn rendered(overlay: &str) -> String {
    built(&deploy("kubernetes/overlays").join(overlay))
}

/// What kustomize makes of a kustomization somewhere else, which names paths of this repository.
fn rendered_elsewhere(kustomization: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    // Kustomize takes no absolute path.
    let from = folder.path().canonicalize().expect("it is there");
    let to = deploy("").canonicalize().expect("it is there");
    let to = to.strip_prefix("/").expect("an absolute path");
    let to = format!("{}{}/", "../".repeat(from.components().count() - 1), to.display());
    std::fs::write(from.join("kustomization.yaml"), kustomization.replace("deploy/", &to)).expect("it is written");
    built(&from)
}

/// An overlay with components as a cluster would get it.
fn rendered_with(overlay: &str, components: &[&str]) -> String {
    let overlay = format!("deploy/kubernetes/overlays/{overlay}");
    let components = components.iter().map(|name| format!("deploy/kubernetes/components/{name}")).collect::<Vec<_>>();
    rendered_elsewhere(&json!({ "resources": [overlay], "components": components }).to_string())
}

/// Runs Python with the packages of the tests; what it prints is JSON.
fn python(script: &str, input: &str) -> Value {
    use std::io::Write;
    let mut python = tool("python3")
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    python.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    serde_json::from_slice(&python.wait_with_output().expect("it ends").stdout).expect("JSON")
}

/// The documents of a YAML text.
fn documents(text: &str) -> Vec<Value> {
    let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
    python(script, text).as_array().expect("a list").clone()
}

fn of_kind<'a>(documents: &'a [Value], kinds: &[&str]) -> Vec<&'a Value> {
    documents.iter().filter(|document| kinds.iter().any(|kind| document["kind"] == *kind)).collect()
}

/// What makes pods.
fn workloads(documents: &[Value]) -> Vec<&Value> {
    of_kind(documents, &["Deployment", "StatefulSet"])
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        _ => &[],
    }
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The container of a workload, and its arguments.
fn container(workload: &Value) -> (&Value, Vec<String>) {
    let container = &workload["spec"]["template"]["spec"]["containers"][0];
    (container, texts(&container["args"]))
}

/// What a flag is told among arguments such as --flag=value.
fn told<'a>(arguments: &'a [String], flag: &str) -> Option<&'a str> {
    arguments.iter().find_map(|argument| argument.strip_prefix(flag)?.strip_prefix('='))
}

fn compose() -> Value {
    documents(&read("compose.yaml")).remove(0)
}

/// What the image runs where it is told nothing.
fn command_of_image() -> Vec<String> {
    let docker = read("Dockerfile");
    let line = docker.lines().find_map(|line| line.strip_prefix("CMD ")).expect("a command");
    texts(&serde_json::from_str(line).expect("a list"))
}

/// The flags of a command.
fn help(command: &str) -> String {
    let help = Command::new(crate::support::BINARY).args([command, "--help"]).output().expect("it runs");
    String::from_utf8_lossy(&help.stdout).into_owned()
}

fn has_flag(help: &str, flag: &str) -> bool {
    help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n"))
}

/// What a flag says where nobody does, in seconds.
fn default_seconds(command: &str, flag: &str) -> f64 {
    let help = help(command);
    let (_, of_flag) = help.split_once(&format!("{flag} <")).expect("a flag with a value");
    let (_, default) = of_flag.split_once("[default: ").expect("a default");
    default.split(']').next().and_then(|seconds| seconds.parse().ok()).expect("seconds")
}

#[test]
fn every_overlay_renders_with_every_component_and_is_valid_by_the_schema() {
    for (overlay, components) in MIXTURES {
        let file = tempfile::NamedTempFile::with_suffix(".yaml").expect("a file");
        std::fs::write(file.path(), rendered_with(overlay, components)).expect("it is written");
        let said = tool("kubernetes-validate").arg("--strict").arg(file.path()).output().expect("it runs");
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert!(said.status.success(), "{overlay} with {components:?}: {text}");
    }
    for component in std::fs::read_dir(deploy("kubernetes/components")).expect("a folder") {
        let name = component.expect("an entry").file_name();
        let is_rendered = MIXTURES.iter().any(|(_, components)| components.iter().any(|known| name == **known));
        assert!(is_rendered, "{name:?} is new");
    }
}

#[test]
fn the_example_of_components_renders() {
    let text = read("when-one-machine-is-not-enough.md");
    let (_, example) = text.split_once("```yaml\n").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let documents = documents(&rendered_elsewhere(example));
    assert_eq!(of_kind(&documents, &["PodMonitor", "PrometheusRule", "ScaledObject"]).len(), 3);
}

#[test]
fn every_pod_is_restricted_probed_and_has_limits() {
    for overlay in OVERLAYS {
        let documents = documents(&rendered(overlay));
        let workloads = workloads(&documents);
        assert_eq!(workloads.len(), if overlay == "sqlite" { 1 } else { 2 });
        for workload in workloads {
            let pod = &workload["spec"]["template"]["spec"];
            assert_eq!(pod["automountServiceAccountToken"], false);
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
            assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
            for container in pod["containers"].as_array().expect("containers") {
                let context = &container["securityContext"];
                assert_eq!(context["allowPrivilegeEscalation"], false);
                assert_eq!(context["readOnlyRootFilesystem"], true);
                assert_eq!(context["capabilities"]["drop"], json!(["ALL"]));
                assert!(container["resources"]["limits"]["memory"].is_string());
                for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                    assert!(container[probe]["grpc"]["port"].is_number(), "{overlay}: no {probe}");
                    // The store's being away ends nobody's life, and takes nobody out of service: a server still matches.
                    assert!(container[probe]["grpc"]["service"].is_null(), "{overlay}: {probe}");
                }
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
fn a_pod_has_more_time_to_end_than_its_process_takes() {
    // The last traces have 3 s, and what is left of the process 1.
    const LAST: f64 = 4.0;
    for overlay in OVERLAYS {
        for workload in workloads(&documents(&rendered(overlay))) {
            let (_, arguments) = container(workload);
            let seconds = |flag: &str| told(&arguments, flag).map(|text| text.parse::<f64>().expect("seconds"));
            let takes = if arguments[0] == "serve" {
                let lame_duck = seconds("--lame-duck-seconds").expect("as long as callers are still sent there");
                assert!(lame_duck >= 5.0, "{overlay}");
                lame_duck + seconds("--drain-seconds").unwrap_or_else(|| default_seconds("serve", "--drain-seconds"))
            } else {
                // A worker gives its runs back at once, or, where the store is away, not after its lease.
                seconds("--lease-seconds").unwrap_or_else(|| default_seconds("worker", "--lease-seconds"))
            };
            let has = workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].as_f64().expect("seconds");
            assert!(has >= takes + LAST, "{overlay}: {} has {has} s and takes {takes}", arguments[0]);
        }
    }
}

#[test]
fn every_secret_that_a_process_is_told_of_is_there_and_whatever_stores_runs_has_keys() {
    for overlay in OVERLAYS {
        for workload in workloads(&documents(&rendered(overlay))) {
            let (container, arguments) = container(workload);
            assert!(told(&arguments, "--store-keys").is_some(), "{overlay}: {arguments:?}");
            let volumes = list(&workload["spec"]["template"]["spec"]["volumes"]);
            for (_, file) in arguments.iter().filter_map(|argument| argument.split_once("=/secrets/")) {
                let (folder, name) = file.split_once('/').expect("a file in a folder");
                let folder = format!("/secrets/{folder}");
                let mount = list(&container["volumeMounts"]).iter().find(|mount| mount["mountPath"] == *folder);
                let mount = mount.unwrap_or_else(|| panic!("{overlay}: {folder} is not mounted"));
                // What is mounted by a subPath does not change with its secret.
                assert!(mount["subPath"].is_null() && mount["readOnly"] == true, "{overlay}: {folder}");
                let volume = volumes.iter().find(|volume| volume["name"] == mount["name"]).expect("a volume");
                let items = list(&volume["secret"]["items"]);
                assert!(volume["secret"]["secretName"].is_string(), "{overlay}: {folder}");
                assert!(items.is_empty() || items.iter().any(|item| item["path"] == name), "{overlay}: {file}");
            }
        }
    }
    let compose = compose();
    for (name, service) in compose["services"].as_object().expect("services") {
        let (arguments, secrets) = (texts(&service["command"]), texts(&service["secrets"]));
        assert!(name == "postgres" || told(&arguments, "--store-keys").is_some(), "{name}");
        for secret in arguments.iter().filter_map(|argument| argument.split_once("=/run/secrets/")) {
            assert!(secrets.iter().any(|known| known == secret.1), "{name} has no {}", secret.1);
        }
        for secret in secrets {
            assert!(compose["secrets"][&secret]["file"].is_string(), "{secret}");
        }
    }
    assert!(command_of_image().iter().any(|argument| argument == "--store-keys"));
}

#[test]
fn sqlite_has_one_pod_and_a_volume_that_one_pod_mounts() {
    let documents = documents(&rendered("sqlite"));
    let set = of_kind(&documents, &["StatefulSet"])[0];
    assert_eq!(set["spec"]["replicas"], 1);
    let claim = &set["spec"]["volumeClaimTemplates"][0]["spec"];
    assert_eq!(claim["accessModes"], json!(["ReadWriteOncePod"]));
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

#[test]
fn every_flag_of_image_manifests_and_compose_file_exists() {
    let mut commands: Vec<Vec<String>> = Vec::new();
    for overlay in OVERLAYS {
        let documents = documents(&rendered_with(overlay, &["tracing"]));
        commands.extend(workloads(&documents).into_iter().map(|workload| container(workload).1));
    }
    for (name, service) in compose()["services"].as_object().expect("services") {
        if name != "postgres" {
            commands.push(texts(&service["command"]));
            assert_eq!((&service["read_only"], &service["cap_drop"]), (&Value::Bool(true), &json!(["ALL"])));
        }
    }
    commands.push(command_of_image());
    assert_eq!(commands.len(), 7);
    for command in commands {
        let help = help(&command[0]);
        for flag in command[1..].iter().filter(|flag| flag.starts_with("--")) {
            let flag = flag.split('=').next().expect("a name");
            assert!(has_flag(&help, flag), "{command:?} has {flag}");
        }
    }
}

#[test]
fn prometheus_finds_the_figures_of_every_pod_by_annotations_and_its_operator_by_the_monitor() {
    for overlay in OVERLAYS {
        let documents = documents(&rendered_with(overlay, &["monitoring"]));
        let monitor = &of_kind(&documents, &["PodMonitor"])[0]["spec"];
        let endpoint = &monitor["podMetricsEndpoints"][0];
        for workload in workloads(&documents) {
            let (container, arguments) = container(workload);
            let port = list(&container["ports"]).iter().find(|port| port["name"] == endpoint["port"]);
            let port = port.expect("the monitor's port")["containerPort"].to_string();
            let address = format!("0.0.0.0:{port}");
            assert_eq!(told(&arguments, "--operations-address"), Some(address.as_str()), "{overlay}");
            let metadata = &workload["spec"]["template"]["metadata"];
            let annotations = json!({
                "prometheus.io/scrape": "true",
                "prometheus.io/port": port,
                "prometheus.io/path": endpoint["path"],
            });
            assert_eq!(metadata["annotations"], annotations, "{overlay}");
            for (label, value) in monitor["selector"]["matchLabels"].as_object().expect("labels") {
                assert_eq!(metadata["labels"][label], *value, "{overlay}");
            }
        }
    }
}

/// The words of a text; a figure's name is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[test]
fn every_alert_is_about_figures_that_exist_and_says_in_a_sentence_what_is_and_what_to_do() {
    let kept = include_str!("../../src/api/figures.rs");
    let kept: BTreeSet<&str> = words(kept).filter(|word| word.starts_with("misti_")).collect();
    let documents = documents(&rendered_with("sqlite", &["monitoring"]));
    let groups = list(&of_kind(&documents, &["PrometheusRule"])[0]["spec"]["groups"]);
    let (mut used, flags) = (BTreeSet::new(), help("serve"));
    for rule in groups.iter().flat_map(|group| list(&group["rules"])) {
        let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_else(|| panic!("{rule} lacks a text"));
        let (alert, asks) = (text(&rule["alert"]), text(&rule["expr"]));
        for word in words(&asks) {
            if word.starts_with("misti_") {
                let figure = ["_bucket", "_count", "_sum"].into_iter().find_map(|part| word.strip_suffix(part));
                let figure = figure.unwrap_or(word);
                assert!(kept.contains(figure), "{alert}: there is no {figure}");
                used.insert(figure.to_owned());
            } else if word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                assert!(rules::codes::ALL.iter().any(|code| code.reason == word), "{alert}: there is no {word}");
            }
        }
        let (summary, advice) = (text(&rule["annotations"]["summary"]), text(&rule["annotations"]["description"]));
        assert!(summary.ends_with('.') && !summary.contains(". "), "{alert}: {summary}");
        assert!(advice.ends_with('.'), "{alert}: {advice}");
        for flag in advice.split_whitespace().filter(|word| word.starts_with("--")) {
            let flag = flag.trim_end_matches(['.', ',', ';', ':']);
            assert!(has_flag(&flags, flag), "{alert}: there is no {flag}");
        }
        assert!(["warning", "critical"].iter().any(|severity| rule["labels"]["severity"] == *severity), "{alert}");
    }
    for figure in [
        "misti_queue_oldest_seconds",
        "misti_results_rejected_total",
        "misti_store_errors_total",
        "misti_refusals_total",
        "misti_accept_failures_total",
    ] {
        assert!(used.contains(figure), "nobody is told of {figure}");
    }
}

#[test]
fn workers_are_as_many_as_there_are_runs_for_and_go_slowly() {
    let documents = documents(&rendered_with("postgres", &["autoscaling"]));
    let scaled = of_kind(&documents, &["ScaledObject"])[0];
    let name = &scaled["spec"]["scaleTargetRef"]["name"];
    let workers = of_kind(&documents, &["Deployment"]).into_iter().find(|made| made["metadata"]["name"] == *name);
    let workers = workers.expect("what is scaled");
    assert_eq!(scaled["metadata"]["namespace"], workers["metadata"]["namespace"]);
    assert!(workers["spec"]["replicas"].is_null(), "each time that the manifests are applied it would be scaled back");
    let count = |name: &str| scaled["spec"][name].as_i64().expect("a count");
    assert!(1 <= count("minReplicaCount") && count("minReplicaCount") < count("maxReplicaCount"));
    let down = &scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"];
    assert!(down["stabilizationWindowSeconds"].as_i64().expect("seconds") >= 300);

    let trigger = &scaled["spec"]["triggers"][0];
    assert_eq!(trigger["type"], "postgresql");
    let (container, arguments) = container(workers);
    assert_eq!(arguments[0], "worker");
    let asks = &trigger["metadata"];
    let store = list(&container["env"]).iter().find(|variable| variable["name"] == asks["connectionFromEnv"]);
    assert_eq!(store.expect("where the store is")["valueFrom"]["secretKeyRef"]["key"], "url");
    assert_eq!(asks["targetQueryValue"].as_str(), told(&arguments, "--workers"));

    // A run in each state.
    let script = r#"
import json, sqlite3, sys
asked = json.load(sys.stdin)
store = sqlite3.connect(":memory:")
store.executescript(asked["tables"])
columns = [column[1] for column in store.execute("PRAGMA table_info(runs)") if column[3] and column[1] != "state"]
for state in asked["states"]:
    values = [state] + [state for _ in columns]
    places = ", ".join("?" for _ in values)
    store.execute(f"INSERT INTO runs (state, {', '.join(columns)}) VALUES ({places})", values)
print(json.dumps(store.execute(asked["query"]).fetchall()))
"#;
    let asked = json!({
        "tables": include_str!("../../src/store/migrations/0001_runs.sql"),
        "states": RunState::ALL.map(RunState::name),
        "query": asks["query"],
    });
    let unfinished = RunState::ALL.iter().filter(|state| !state.is_finished()).count();
    assert_eq!(python(script, &asked.to_string()), json!([[unfinished]]));
}

/// Whether pods may call out by a port.
fn lets_out(documents: &[Value], port: i64, protocol: &str) -> bool {
    let rules = list(&of_kind(documents, &["NetworkPolicy"])[0]["spec"]["egress"]);
    let mut ports = rules.iter().flat_map(|rule| list(&rule["ports"]));
    ports.any(|open| open["port"] == port && open["protocol"] == protocol)
}

#[test]
fn traces_are_sent_and_let_out_where_they_are_asked_for_and_nowhere_else() {
    for overlay in OVERLAYS {
        let without = documents(&rendered(overlay));
        assert!(!lets_out(&without, 4_317, "TCP"), "{overlay}");
        assert!(workloads(&without).iter().all(|workload| told(&container(workload).1, "--otlp-endpoint").is_none()));
        let with = documents(&rendered_with(overlay, &["tracing"]));
        assert!(lets_out(&with, 4_317, "TCP") && lets_out(&with, 53, "UDP"), "{overlay}");
        for workload in workloads(&with) {
            let (_, arguments) = container(workload);
            let endpoint = told(&arguments, "--otlp-endpoint").expect("an endpoint");
            assert!(endpoint.starts_with("http://") && endpoint.ends_with(":4317"), "{overlay}: {endpoint}");
        }
    }
}
