//! Where the source archive could not be installed: whether it can be where it was tried, the jobs
//! that try it say.

use crate::ground::matrix::Interpreter;

pub fn findings(without: &[String]) -> anyhow::Result<Vec<String>> {
    let finding = |name: &String| {
        let interpreter: Interpreter = name.parse()?;
        Ok(format!("there is no CPython {} here to install it in", interpreter.version()))
    };
    without.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tried_is_no_success() {
        assert!(findings(&[]).unwrap().is_empty());
        let expected = "there is no CPython 2.7 here to install it in";
        assert_eq!(findings(&["cp27mu".to_owned()]).unwrap(), [expected]);
        assert!(findings(&["none".to_owned()]).is_err());
    }
}
