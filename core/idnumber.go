package core

import "strings"

// CheckIDCard checks a resident identity number by GB 11643-1999: 17 digits
// and a check character, with a possible date of birth.
func CheckIDCard(s string) error {
	if len(s) != 18 || !isDigits(s[:17]) || !strings.ContainsRune("0123456789X", rune(s[17])) || s[0] == '0' {
		return Refuse(Invalid, "", "refuse.idcard")
	}
	if !isDate(s[6:10] + "-" + s[10:12] + "-" + s[12:14]) {
		return Refuse(Invalid, "", "refuse.idcard")
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	if "10X98765432"[sum%11] != s[17] {
		return Refuse(Invalid, "", "refuse.idcard.last")
	}
	return nil
}

// usccAlphabet leaves out the letters that look like digits or each other.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckUSCC checks a unified social credit code by GB 32100-2015.
func CheckUSCC(s string) error {
	bad := Refuse(Invalid, "", "refuse.uscc")
	if len(s) != 18 {
		return bad
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return bad
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	if usccAlphabet[(31-sum%31)%31] != s[17] {
		return bad
	}
	return nil
}

// CheckPhone checks a mainland mobile number.
func CheckPhone(s string) error {
	if len(s) != 11 || !isDigits(s) || s[0] != '1' || s[1] < '3' {
		return Refuse(Invalid, "", "refuse.phone")
	}
	return nil
}

// MaskNumber shows an identity number without its middle: 6323**********0013.
// Short ones are masked whole.
func MaskNumber(s string) string {
	r := []rune(s)
	if len(r) < 10 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:4]) + strings.Repeat("*", len(r)-8) + string(r[len(r)-4:])
}
