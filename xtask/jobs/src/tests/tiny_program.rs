//! What jobs run in the tests: each argument is one thing to do, like `write:a:text`.

use std::{
    env, fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{self, Command, Stdio},
    thread,
};

fn main() {
    for argument in env::args().skip(1) {
        let (verb, rest) = argument.split_once(':').unwrap_or((&argument, ""));
        let (first, second) = rest.split_once(':').unwrap_or((rest, ""));
        match verb {
            "write" => fs::write(first, second).unwrap(),
            "make" => fs::create_dir_all(rest).unwrap(),
            "append" => append(first, second),
            "copy" => drop(fs::copy(first, second).unwrap()),
            "print" => println!("{rest}"),
            "complain" => eprintln!("{rest}"),
            "variable" => println!("{rest}={:?}", env::var(rest).ok()),
            "folder" => println!("in {}", env::current_dir().unwrap().display()),
            "meet" => meet(first, second),
            "take-part" => take_part(first, second),
            "start" => drop(another(rest).spawn().unwrap()),
            "start-quietly" => drop(another(rest).stdout(Stdio::null()).spawn().unwrap()),
            "flood" => flood(rest.parse().unwrap()),
            "stay" => loop {
                thread::park();
            },
            "exit" => process::exit(rest.parse().unwrap()),
            other => panic!("`{other}` is nothing to do"),
        }
    }
}

/// So many MiB of output.
fn flood(mebibytes: usize) {
    let lines = "x".repeat((1 << 20) - 1) + "\n";
    (0..mebibytes).for_each(|_| io::stdout().write_all(lines.as_bytes()).unwrap());
}

/// This program once more, with the things to do between `+`.
fn another(things: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(things.split('+')).stderr(Stdio::null());
    command
}

/// In one write, so that lines of several programs do not mix.
fn append(file: &str, text: &str) {
    let mut file = fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    file.write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// Tells the test at a port of this machine that we are here, waits for its sign, and answers.
fn meet(port: &str, name: &str) {
    let mut test = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse().unwrap())).unwrap();
    test.write_all(format!("{name}\n").as_bytes()).unwrap();
    test.read_exact(&mut [0]).expect("the test gives a sign unless it has failed");
    test.write_all(b".").unwrap();
}

/// Looks often enough to meet others how many programs take part in `folder`; notes the most.
fn take_part(folder: &str, name: &str) {
    fs::create_dir_all(folder).unwrap();
    let mine = format!("{folder}/{name}");
    fs::write(&mine, "").unwrap();
    let most = (0..1000).map(|_| fs::read_dir(folder).unwrap().count()).max().unwrap();
    append("together", &most.to_string());
    fs::remove_file(mine).unwrap();
}
