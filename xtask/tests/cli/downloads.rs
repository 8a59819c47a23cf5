//! `cargo xtask download`: what is kept is what was pinned, and of all else nothing.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    thread,
};

use expect_test::{Expect, expect};

use crate::support::{Run, command, make_root, xtask};

/// Serves one answer on a port of this machine.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/vs_buildtools.exe", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // The whole request: what is closed with something unread is a broken connection.
        let lines = BufReader::new(&stream).lines().map_while(Result::ok);
        lines.take_while(|line| !line.is_empty()).for_each(drop);
        let _ = stream.write_all(&answer);
    });
    address
}

fn response(length: usize, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

const FILE: &str = "target/xtask/downloads/vs_buildtools.exe";

fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    make_root(folder.path());
    folder
}

/// The download failed so, and nothing is left of it.
#[track_caller]
fn check(url: &str, expected: Expect) {
    let folder = checkout();
    let run = xtask(folder.path(), &["download", url, SHA256, FILE]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    expected.assert_eq(&run.stderr.replace(url, "{url}"));
    assert_nothing_left(folder.path());
}

#[track_caller]
fn assert_nothing_left(folder: &Path) {
    assert!(!folder.join(FILE).exists());
    let left = fs::read_dir(folder.join("target/xtask/partial")).unwrap().count();
    assert_eq!(left, 0);
}

/// Of the five letters `hello`.
const SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

#[test]
fn a_download_is_kept_if_it_is_what_was_pinned() {
    let folder = checkout();
    let url = serve(response(5, "hello"));
    xtask(folder.path(), &["download", &url, SHA256, FILE]).answer();
    assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), b"hello");
}

#[test]
fn a_download_that_is_another_file_is_refused() {
    check(
        &serve(response(5, "hullo")),
        expect![[r#"
        error: `{url}` is not what it should be: its SHA-256 is 7835066a1457504217688c8f5d06909c6591e0ca78c254ccf17450d0d999cab0, not 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
        hint: if it was replaced on purpose, and you know by whom, change its address and hash in xtask/xtask.toml, table `[downloads]`
    "#]],
    );
}

#[test]
fn a_download_that_breaks_off_leaves_nothing() {
    check(
        &serve(response(500, "hello")),
        expect![[r#"
        error: cannot download `{url}`
        curl: (18) transfer closed with 495 bytes remaining to read
        hint: check the network and its proxy, then repeat the command
    "#]],
    );
}

#[test]
fn a_download_that_is_not_there_leaves_nothing() {
    let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    check(
        &serve(answer.to_vec()),
        expect![[r#"
        error: cannot download `{url}`
        curl: (22) The requested URL returned error: 404
        hint: check the network and its proxy, then repeat the command
    "#]],
    );
}

#[test]
fn without_curl_nothing_is_downloaded() {
    let folder = checkout();
    let words = ["download", "http://127.0.0.1:9/x", SHA256, FILE];
    let run = command(folder.path(), &words).env("PATH", folder.path()).output().unwrap();
    let run = Run::of(run);
    assert!(run.code == 1 && run.stderr.contains("hint: install curl"), "{}", run.stderr);
    assert_nothing_left(folder.path());
}
