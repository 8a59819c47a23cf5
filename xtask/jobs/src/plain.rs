//! Text of programs for a terminal: what would move its cursor or change its colours is left out.

/// Escape sequences and control characters are gone; only line ends and tabs stay.
pub fn plain(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => kept.push(c),
            // Progress in one line is several lines here.
            '\r' if rest.peek() != Some(&'\n') => kept.push('\n'),
            '\u{1b}' => match rest.next() {
                Some('[') => skip_until(&mut rest, |c| ('@'..='~').contains(&c)),
                // A title, a link, a picture: up to BEL or ESC \.
                Some(']' | 'P' | 'X' | '^' | '_') => {
                    skip_until(&mut rest, |c| matches!(c, '\u{7}' | '\u{9c}' | '\u{1b}'));
                    rest.next_if_eq(&'\\');
                }
                Some(' '..='/') => skip_until(&mut rest, |c| ('0'..='~').contains(&c)),
                _ => {}
            },
            '\u{9b}' => skip_until(&mut rest, |c| ('@'..='~').contains(&c)),
            // Marks that turn the direction of what follows.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => {}
            c => kept.push(c),
        }
    }
    kept
}

/// A sequence that nobody ends is ended by its line.
fn skip_until(rest: &mut std::iter::Peekable<std::str::Chars>, is_last: impl Fn(char) -> bool) {
    while let Some(c) = rest.next_if(|c| *c != '\n') {
        if is_last(c) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_text_alone() {
        for (said, shown) in [
            ("plain, ä, 漢\n\tb", "plain, ä, 漢\n\tb"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;a title\u{7}x", "x"),
            ("\u{1b}]8;;http://a\u{1b}\\link", "link"),
            ("\u{1b}(B\u{1b}=a\u{8}\u{7}\0b\u{7f}", "ab"),
            ("\u{9b}2Jc", "c"),
            ("1 %\r2 %\r\nend\r", "1 %\n2 %\nend\n"),
            ("cut \u{1b}[3\nnext", "cut \nnext"),
            ("a\u{202e}b", "ab"),
        ] {
            assert_eq!(plain(said), shown, "{said:?}");
        }
    }
}
