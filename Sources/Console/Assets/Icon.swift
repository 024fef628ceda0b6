// SPDX-License-Identifier: Apache-2.0

/// The product's mark: water that runs over a wheel.
enum Icon {
    static let mark = #"""
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><rect width="24" height="24" rx="6" fill="#0b6b62"/><path d="M4 9c2.7-2.6 5.300-2.600 8 0s5.300 2.600 8 0M4 15c2.700-2.600 5.300-2.600 8 0s5.300 2.600 8 0" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>
        """#

    static let file = #"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0b6b62"/><path d="M4 9c2.7-2.6 5.3-2.6 8 0s5.3 2.600 8 0M4 15c2.7-2.6 5.3-2.6 8 0s5.3 2.600 8 0" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>
        """#
}
