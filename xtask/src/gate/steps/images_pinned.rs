//! The images that wheels are built in are pinned by what is in them.

use crate::facts::config::Config;

pub fn findings(config: &Config) -> Vec<String> {
    let unpinned = config.unpinned_images();
    unpinned
        .map(|(target, name)| format!("the image for {target}, `{name}`, has no digest"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(digest: &str) -> Config {
        let text = format!(
            "interpreters = ['cp38']\ntargets = ['manylinux_x86_64']\n\
             [policies]\nmanylinux = 'manylinux_2_17'\n\
             musllinux = 'musllinux_1_2'\nmacosx_arm64 = 'macosx_11_0'\n\
             macosx_x86_64 = 'macosx_10_13'\n[images.manylinux_x86_64]\n\
             name = 'example.org/image:1'\n{digest}"
        );
        Config::parse(&text).unwrap()
    }

    #[test]
    fn an_image_with_a_digest_is_pinned() {
        let digest = format!("digest = 'sha256:{}'", "0".repeat(64));
        assert!(findings(&config(&digest)).is_empty());
    }

    #[test]
    fn an_image_with_a_tag_alone_is_not() {
        let expected = "the image for manylinux_x86_64, `example.org/image:1`, has no digest";
        assert_eq!(findings(&config("")), [expected]);
    }
}
