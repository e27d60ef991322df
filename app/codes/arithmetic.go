package codes

import "fmt"

// mod93 is the check of notice numbers and postal slip codes: the remainder of
// up to 18 digits by 93, printed with two digits (00 to 92).
func mod93(digits string) string {
	n := uint64(0)
	for i := range len(digits) {
		n = n*10 + uint64(digits[i]-'0')
	}
	return fmt.Sprintf("%02d", n%93)
}

// mod97 is the remainder by 97 of an alphanumeric text in which A counts 10
// and Z counts 35 (ISO 7064). A text whose check is right leaves 1.
func mod97(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n = (n*10 + int(s[i]-'0')) % 97
		} else {
			n = (n*100 + int(s[i]-'A') + 10) % 97
		}
	}
	return n
}

// check97 returns the two digits that make the rest, moved before them as ISO
// 7064 wants, leave 1.
func check97(rest, prefix string) string {
	return fmt.Sprintf("%02d", 98-mod97(rest+prefix+"00"))
}

// luhn is the check digit over ten digits of partita IVA and of the fiscal
// codes of eleven digits: every second digit doubled, its two digits added.
func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		n := int(digits[i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return byte('0' + (10-sum%10)%10)
}

// odd holds the values that characters take in odd places (the first is odd)
// for the check letter of the fiscal code (decree of 23 December 1976) and for
// the CIN of Italian bank coordinates. Digits use the first ten.
var odd = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// letter26 is the check letter of an alphanumeric text by that table; in even
// places a character counts its plain value.
func letter26(s string) byte {
	sum := 0
	for i := range len(s) {
		n := int(s[i] - '0')
		if !isDigit(s[i]) {
			n = int(s[i] - 'A')
		}
		if i%2 == 0 {
			n = odd[n]
		}
		sum += n
	}
	return byte('A' + sum%26)
}
