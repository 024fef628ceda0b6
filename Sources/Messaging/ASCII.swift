// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }

    var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }

    var isASCIILetterOrDigit: Bool { isASCIILetter || isASCIIDigit }

    /// Space, tab, line feed, form feed, carriage return: the white space of HTML.
    var isASCIIWhitespace: Bool { self == 0x20 || self == 0x0C || (0x09...0x0D).contains(self) }

    /// The lower case form of an ASCII letter; any other byte as it is.
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
