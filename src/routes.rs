//! The query parameters of pages.

use serde::{Deserialize, Serialize};

use crate::address::Query;
pub use crate::pages::Route;

/// The query of `/frames`: `?hex=818537fa213d7f9f4d5158&from=client&step=5`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FramesQuery {
    /// The bytes, two hexadecimal digits each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
    /// The name of a preset, instead of bytes that are too many for a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Who sent them: `client` or `server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The byte that the reader has reached, from 0; without it, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// `1` where permessage-deflate was agreed on, so that RSV1 has a meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deflate: Option<String>,
    /// `rfc` for the figure of the RFC instead of the ruler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// `1` where the frame is composed of the fields below instead of read from `hex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose: Option<String>,
    /// FIN in a composed frame: `0` or `1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fin: Option<String>,
    /// RSV1 to RSV3 in a composed frame: three digits, `0` or `1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsv: Option<String>,
    /// The opcode of a composed frame: one hexadecimal digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opcode: Option<String>,
    /// MASK in a composed frame: `0` or `1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// Bits of the length in a composed frame: `7`, `16` or `64`; without it, the shortest form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The length that a composed frame announces; without it, the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
    /// The masking key of a composed frame: eight hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The payload of a composed frame, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The payload of a composed frame, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// The payload of a composed frame, as a close code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The close reason behind `code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Query for FramesQuery {
    const NAMES: &'static [&'static str] = &[
        "hex", "preset", "from", "step", "deflate", "view", "compose", "fin", "rsv", "opcode",
        "mask", "form", "length", "key", "text", "bytes", "code", "reason",
    ];
}

/// The longest run of bytes that goes into a link. Servers and chat programs cut longer addresses.
pub const MAX_LINK_BYTES: usize = 2048;

impl FramesQuery {
    /// The query that shows `bytes` from the beginning, where they fit into a link.
    pub fn of_bytes(bytes: &[u8], from: wire::Role, deflate: bool) -> Option<FramesQuery> {
        (bytes.len() <= MAX_LINK_BYTES).then(|| FramesQuery {
            hex: Some(crate::ui::hex(bytes)),
            from: Some(from.name().to_owned()),
            deflate: deflate.then(|| "1".to_owned()),
            ..FramesQuery::default()
        })
    }
}
