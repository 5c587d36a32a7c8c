//! A theme for tests.

/// A theme like those of other editors: no interface scopes, and few others.
pub const FOREIGN_THEME: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>name</key><string>Foreign</string>
<key>settings</key><array>
<dict><key>settings</key><dict>
  <key>background</key><string>#202020</string>
  <key>foreground</key><string>#DDDDDD</string>
  <key>selection</key><string>#FFFFFF40</string>
</dict></dict>
<dict><key>scope</key><string>keyword, storage</string><key>settings</key><dict>
  <key>foreground</key><string>#FF8800</string><key>fontStyle</key><string>bold</string>
</dict></dict>
<dict><key>scope</key><string>entity.name.function</string><key>settings</key><dict>
  <key>foreground</key><string>#88AAFF</string>
</dict></dict>
</array></dict></plist>"##;
