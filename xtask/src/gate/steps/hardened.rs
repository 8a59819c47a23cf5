//! Each library is hardened: what of its audit is about that.

use super::{Release, audit::of_promise};

pub fn verify(release: &Release) -> anyhow::Result<Vec<String>> {
    of_promise(release, "hardened")
}

#[cfg(test)]
mod tests {
    use crate::gate::steps::tests::{WHEEL, source};
    use crate::{audit::audit, wheel::assemble};
    use wheel_audit::{Entry, HARDENING};

    fn found(library: &[u8]) -> Vec<String> {
        let path = "tosig.cpython-38-x86_64-linux-gnu.so".to_owned();
        let module = Entry { path, content: library.to_vec() };
        let wheel = assemble(&WHEEL.parse().unwrap(), &source(), module).unwrap();
        let found = audit(WHEEL, &wheel).into_iter();
        found.filter(|found| found.check == HARDENING).map(|found| found.what).collect()
    }

    const GOOD: &[u8] = include_bytes!("../../../wheel-audit/tests/fixtures/linux_x86_64.elf");

    #[test]
    fn a_library_that_is_hardened_passes() {
        assert_eq!(found(GOOD), [""; 0]);
    }

    #[test]
    fn an_executable_stack_is_found() {
        let mut changed = GOOD.to_vec();
        let stack = 0x6474_e551u32.to_le_bytes();
        let header = changed.windows(4).position(|word| word == stack).unwrap();
        changed[header + 4] |= 1;
        assert_eq!(found(&changed), ["asks for an executable stack"]);
    }
}
