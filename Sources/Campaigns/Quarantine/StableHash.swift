// SPDX-License-Identifier: Apache-2.0
internal import Common

/// A number that is the same for the same bytes on every machine and in every version.
///
/// 64-bit FNV-1a with a final mix, so that neighbouring ids spread evenly. It guards nothing.
enum StableHash {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = FNV1a.hash(bytes)
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}
