// SPDX-License-Identifier: Apache-2.0
import Crypto
import Foundation

/// By what a mail is known again without being kept.
public enum MailDigest {
    /// SHA-256 in hexadecimal digits.
    public static func text(of bytes: [UInt8]) -> String {
        SHA256.hash(data: Data(bytes)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
