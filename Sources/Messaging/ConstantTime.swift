// SPDX-License-Identifier: Apache-2.0

/// Comparisons of what proves that a caller knows a secret.
enum ConstantTime {
    /// Compares without telling by the time taken where the difference is.
    static func areEqual(
        _ left: some Swift.Collection<UInt8>,
        _ right: some Swift.Collection<UInt8>
    ) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
