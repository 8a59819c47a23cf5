//! What jobs run in the tests: each argument is one thing to do, like `write:a:text`.

use std::{env, fs, io::Write, process::{self, Command, Stdio}, thread, time::Duration};

fn main() {
    for argument in env::args().skip(1) {
        let (verb, rest) = argument.split_once(':').unwrap_or((&argument, ""));
        let (first, second) = rest.split_once(':').unwrap_or((rest, ""));
        match verb {
            "write" => fs::write(first, second).unwrap(),
            "append" => append(first, second),
            "copy" => drop(fs::copy(first, second).unwrap()),
            "print" => println!("{rest}"),
            "complain" => eprintln!("{rest}"),
            "variable" => println!("{rest}={:?}", env::var(rest).ok()),
            "folder" => println!("in {}", env::current_dir().unwrap().display()),
            "wait" => wait(rest),
            "take-part" => take_part(first, second),
            "start" => drop(another(rest).spawn().unwrap()),
            "start-quietly" => drop(another(rest).stdout(Stdio::null()).spawn().unwrap()),
            "exit" => process::exit(rest.parse().unwrap()),
            other => panic!("`{other}` is nothing to do"),
        }
    }
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

/// Until there is a file; not for ever, so that a failing test leaves nothing behind.
fn wait(file: &str) {
    for _ in 0..6000 {
        if fs::exists(file).unwrap() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("`{file}` did not appear");
}

/// Notes how many programs take part in `folder` at this moment.
fn take_part(folder: &str, name: &str) {
    fs::create_dir_all(folder).unwrap();
    let mine = format!("{folder}/{name}");
    fs::write(&mine, "").unwrap();
    thread::sleep(Duration::from_millis(30));
    append("together", &fs::read_dir(folder).unwrap().count().to_string());
    fs::remove_file(mine).unwrap();
}
