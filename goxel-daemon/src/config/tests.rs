//! What flags, the environment and the file come to.

use super::*;
use clap::Parser as _;

fn merged(args: &[&str], file: &str, env: &[(&str, &str)]) -> Result<Config, String> {
    let flags = Flags::try_parse_from(["goxel-daemon"].iter().chain(args)).unwrap();
    let file: File = toml::from_str(file).map_err(|error| error.message().to_owned())?;
    let look_up = |name: &str| {
        env.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
    };
    file.merge(&flags, look_up).map_err(|error| error.to_string())
}

#[test]
fn the_nearer_wins() {
    let check = |args: &[&str], file: &str, env: &[(&str, &str)], expected: &str| {
        assert_eq!(merged(args, file, env).unwrap().socket, Path::new(expected));
    };
    let both = [("GOXEL_SOCKET", "/e"), ("XDG_RUNTIME_DIR", "/run/user/1")];
    check(&["-s", "/f"], "socket = '/c'", &both, "/f");
    check(&["-s", ""], "socket = '/c'", &both, "/e");
    check(&[], "socket = '/c'", &both[1..], "/c");
    check(&[], "", &both[1..], "/run/user/1/goxel/goxel.sock");
    check(&[], "", &[("GOXEL_SOCKET", "")], FALLBACK_SOCKET);
}

#[test]
fn everything_can_stand_in_the_file() {
    let file = "socket_mode = '0660'\nlog_level = 'debug'\nworkers = 3\nqueue_size = 7\n\
                max_connections = 9\nmax_request_bytes = 4096\nprotocol = 'tool-calls'\nio = 'mio'\n\
                spin_us = 0\npin = true\nmemory_max = '2G'\ntransaction_idle_s = 7\nslow_ms = 8\n\
                user = 'u'\ngroup = 'g'\npid_file = 'p'\n\
                log_file = 'l'\nworking_dir = 'w'\nroots = ['/r', 'q']\nread_only = true";
    let config = merged(&["-j", "4"], file, &[]).unwrap();
    let settings = Settings {
        io: Io::Mio,
        connections_max: 9,
        workers_max: 4,
        queue_length_max: 7,
        spin_us: 0,
        pin: true,
        ..Settings::new(4096)
    };
    assert_eq!((config.settings, config.socket_mode), (settings, 0o660));
    assert_eq!((config.protocol, config.log_level), (Protocol::ToolCalls, Level::DEBUG));
    assert_eq!(config.memory_max, Some(2 << 30));
    assert_eq!((config.transaction_idle, config.slow_ms), (Duration::from_secs(7), 8));
    assert_eq!(merged(&["--slow", "9"], file, &[]).unwrap().slow_ms, 9);
    assert_eq!(merged(&[], "", &[]).unwrap().slow_ms, SLOW_MS);
    assert_eq!((config.user.as_deref(), config.group.as_deref()), (Some("u"), Some("g")));
    assert!(config.read_only && config.roots == [Path::new("/r"), Path::new("q")]);
    let other = merged(&["--root", "/s", "--root", "/t"], file, &[]).unwrap();
    assert_eq!(other.roots, [Path::new("/s"), Path::new("/t")]);
    let paths = [&config.pid_file, &config.log_file, &config.working_dir];
    assert_eq!(
        paths.map(|path| path.as_deref().and_then(Path::to_str)),
        [Some("p"), Some("l"), Some("w")]
    );
}

#[test]
fn a_follower_and_its_leader_keep_what_they_have() {
    let follow = |args: &[&str], file| merged(args, file, &[]).map(|config| config.follow);
    let socket = || Ok(Some(Source::Socket("/l".into())));
    assert_eq!(follow(&["--follow", "/l", "--data-dir", "/d"], ""), socket());
    assert_eq!(follow(&["--follow", "/l"], "data_dir = '/d'\nfollow_command = 'ssh h'"), socket());
    let command = Ok(Some(Source::Command("ssh h".to_owned())));
    assert_eq!(follow(&[], "data_dir = '/d'\nfollow_command = 'ssh h'"), command);
    let both = follow(&[], "data_dir = '/d'\nfollow = '/l'\nfollow_command = 'ssh h'");
    assert!(both.is_err_and(|error| error.contains("one leader")));
    let nowhere = follow(&["--follow", "/l"], "");
    assert!(nowhere.is_err_and(|error| error.contains("say --data-dir")));
    let acks = |args: &[&str], file| merged(args, file, &[]).map(|config| config.acks);
    let file = "data_dir = '/d'\ndurability = 'always'\nack_followers = 2";
    let two = |seconds| Ok(Acks { followers: 2, timeout: Duration::from_secs(seconds) });
    assert_eq!(acks(&[], file), two(10));
    assert_eq!(acks(&["--ack-timeout", "3"], file), two(3));
    let error = acks(&["--durability", "everysec"], file).expect_err("it may be lost");
    assert!(error.contains("durability always"), "{error}");
    let error = acks(&[], "ack_followers = 17").expect_err("too many");
    assert!(error.contains("ack_followers is 0 to 16, not 17"), "{error}");
}

#[test]
fn further_sockets() {
    let file = "[[listen]]\npath = 'a'\n[[listen]]\npath = 'b'\nmode = '0660'\ngroup = 'g'\n\
                roots = ['r']\nread_only = true\nallow = ['ping', 'goxel.get_*']";
    let listen = merged(&[], file, &[]).unwrap().listen;
    let plain = Listen {
        path: "a".into(),
        mode: SOCKET_MODE,
        group: None,
        roots: Vec::new(),
        read_only: false,
        allow: None,
    };
    let narrow = Listen {
        path: "b".into(),
        mode: 0o660,
        group: Some("g".to_owned()),
        roots: vec!["r".into()],
        read_only: true,
        allow: Some(vec!["ping".to_owned(), "goxel.get_*".to_owned()]),
    };
    assert_eq!(listen, [plain, narrow]);
}

#[test]
fn what_cannot_be_is_named() {
    let check = |file: &str, expected: &str| {
        let error = merged(&[], file, &[]).unwrap_err();
        assert!(error.contains(expected), "{file}: {error}");
    };
    check("sokcet = 'x'", "unknown field `sokcet`");
    check("workers = 65", "workers is 1 to 64, not 65");
    check("queue_size = 0", "queue_size is 1 to 65536, not 0");
    check("max_connections = 65537", "max_connections is 1 to 65536");
    check("max_request_bytes = 4095", "max_request_bytes is 4096 to");
    check("max_request_bytes = 1073741825", "to 1073741824, not 1073741825");
    check("spin_us = 10001", "spin_us is 0 to 10000");
    check("transaction_idle_s = 0", "transaction_idle_s is 1 to 86400, not 0");
    check("slow_ms = 3600001", "slow_ms is 0 to 3600000, not 3600001");
    check("socket_mode = '888'", "socket_mode: `888` is no octal number");
    check("io = 'epoll'", "io: `epoll` is none of");
    check("protocol = 'x'", "protocol: `x` is none of");
    check("workers = 'many'", "invalid type");
    check("[[listen]]\nmode = '0660'", "missing field `path`");
    check("[[listen]]\npath = 's'\nmode = 'x'", "listen.mode: `x` is no octal number");
    check("[[listen]]\npath = 's'\nalow = []", "unknown field `alow`");
    check("memory_max = '1M'", "memory_max: `1M` is less than the daemon needs: 64M");
}

#[test]
fn memory() {
    let max = |args: &[&str], file, env: &[(&str, &str)]| {
        merged(args, file, env).map(|config| config.memory_max)
    };
    let (file, env) = ("memory_max = '1G'", [("GOXEL_MEMORY_MAX", "2G")]);
    assert_eq!(max(&[], "", &[]), Ok(None));
    assert_eq!(max(&[], file, &[("GOXEL_MEMORY_MAX", "")]), Ok(Some(1 << 30)));
    assert_eq!(max(&[], file, &env), Ok(Some(2 << 30)));
    assert_eq!(max(&["--memory-max", "3G"], file, &env), Ok(Some(3 << 30)));
    let error = max(&[], "", &[("GOXEL_MEMORY_MAX", "much")]).unwrap_err();
    assert!(error.starts_with("GOXEL_MEMORY_MAX: `much` is no number of bytes"), "{error}");
}

#[test]
fn where_projects_are_kept() {
    let kept = |args: &[&str], file| {
        merged(args, file, &[]).map(|config| (config.data_dir, config.durability))
    };
    let file = "data_dir = '/d'\ndurability = 'always'";
    assert_eq!(kept(&[], ""), Ok((None, Durability::EverySec)));
    assert_eq!(kept(&[], file), Ok((Some("/d".into()), Durability::Always)));
    let flags = ["--data-dir", "/e", "--durability", "off"];
    assert_eq!(kept(&flags, file), Ok((Some("/e".into()), Durability::Off)));
    assert_eq!(kept(&["--no-data-dir"], file).map(|(dir, _)| dir), Ok(None));
    let error = kept(&[], "durability = 'never'").unwrap_err();
    assert_eq!(error, "durability: `never` is none of always, everysec, off");
}

#[test]
fn levels() {
    let level = |args: &[&str], file: &str| merged(args, file, &[]).unwrap().log_level;
    assert_eq!((level(&[], ""), level(&["-l", "f"], "")), (Level::WARN, Level::INFO));
    assert_eq!(level(&["-V"], "log_level = 'error'"), Level::DEBUG);
    assert_eq!(level(&["-V", "--log-level", "info"], ""), Level::INFO);
    assert_eq!(level(&[], "log_level = 'error'"), Level::ERROR);
}
